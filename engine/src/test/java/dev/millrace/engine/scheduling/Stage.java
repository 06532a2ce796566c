package dev.millrace.engine.scheduling;

import dev.millrace.engine.Age;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.ShardSettings.Residence;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.scheduling.Kind.Claim;
import dev.millrace.engine.scheduling.Kind.Gather;
import dev.millrace.engine.scheduling.Kind.Take;
import dev.millrace.engine.timer.Timer;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.placement.PlacementSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A scheduler alone, with tasks and workers that are nothing but what it knows of them; it counts what it asks of the tasks. */
final class Stage {
    static final long NOON = 1_800_000_000_000_000L;
    static final Instant SINCE = Instant.EPOCH.plus(NOON, ChronoUnit.MICROS);

    final Timers timers = new Timers();
    final Windows windows;
    final Scheduler scheduler;
    final Shape shape;
    private int tasks;
    /** How often a task was asked what it takes, or which of two is older. */
    private long asked;

    Stage() {
        this(Residence.DEFAULT);
    }

    Stage(Residence residence) {
        windows = new Windows(residence);
        scheduler = new Scheduler(timers, () -> {}, windows, new TenantId(new UUID(0, 0)), ShardSettings.PATIENCE);
        shape = scheduler.shape("s", "orders", "shape");
    }

    /** A task; those with lower numbers are of older runs. */
    final class Item extends Ready {
        final int number;
        private final long since;

        private Item(int number, long since) {
            this.number = number;
            this.since = since;
        }

        @Override
        protected Age age() {
            return new Age(Instant.EPOCH.plusSeconds(10_000_000 + number), new RunId(new UUID(0, number)));
        }

        @Override
        protected int compareAge(Age other) {
            return age().compareTo(other);
        }

        @Override
        protected int compareAge(Ready other) {
            asked++;
            return Integer.compare(number, ((Item) other).number);
        }

        @Override
        protected WorkerSlots lastWorker() {
            return null;
        }

        @Override
        protected long sinceMicros() {
            return since;
        }

        @Override
        protected long cost(int take) {
            asked++;
            return 1;
        }

        @Override
        protected int kind() {
            return 1;
        }

        @Override
        protected int compareAtSameInstant(Timer other) {
            return compareAge((Ready) other);
        }
    }

    /** A worker. */
    static final class Hand extends WorkerSlots {
        private Hand(int slots) {
            setSlots(slots);
        }

        @Override
        protected String slotKind() {
            return "";
        }

        @Override
        protected int kind() {
            return 2;
        }

        @Override
        protected int compareAtSameInstant(Timer other) {
            return 0;
        }
    }

    /** What tasks of a lane have in common: one slot and nothing else, unless said otherwise. */
    final class Alike {
        private Shape shape = Stage.this.shape;
        private Priority priority = Priority.NORMAL;
        private int slots = 1;
        private String fairness = "";
        private List<Claim> claims = List.of();
        private List<Take> takes = List.of();
        private Optional<Gather> gather = Optional.empty();

        Alike shape(Shape shape) {
            this.shape = shape;
            return this;
        }

        Alike priority(Priority priority) {
            this.priority = priority;
            return this;
        }

        Alike slots(int slots) {
            this.slots = slots;
            return this;
        }

        Alike fairness(String key) {
            this.fairness = key;
            return this;
        }

        Alike claims(Claim... claims) {
            this.claims = List.of(claims);
            return this;
        }

        Alike takes(Take... takes) {
            this.takes = List.of(takes);
            return this;
        }

        Alike gather(Gather gather) {
            this.gather = Optional.of(gather);
            return this;
        }

        Lane lane() {
            return scheduler.lane(new Kind(
                    shape,
                    false,
                    priority,
                    slots,
                    "",
                    PlacementSpec.ANYWHERE,
                    "",
                    fairness,
                    List.of(),
                    claims,
                    takes,
                    gather,
                    false));
        }
    }

    Alike alike() {
        return new Alike();
    }

    /** A task of a younger run than all before it. */
    Item queue(Lane lane) {
        return queue(lane, ++tasks, NOON);
    }

    Item queue(Lane lane, int number, long since) {
        var item = new Item(number, since);
        scheduler.queue(item, lane);
        return item;
    }

    Hand join(int slots, Shape... served) {
        return join(slots, List.of(served));
    }

    Hand join(int slots, List<Shape> served) {
        var hand = new Hand(slots);
        scheduler.crews().join(hand, served, "", Map.of());
        return hand;
    }

    void take(Offer offer, long now) {
        int slots = offer.task().lane.slots;
        scheduler.offered(offer.task(), now);
        offer.worker().take(slots);
    }

    /** What has come due by then is told. */
    void advance(long now) {
        timers.advance(now, timer -> {
            if (timer instanceof Precedence precedence) {
                precedence.due(now);
            } else {
                ((Limit) timer).due();
            }
        });
    }

    /** How much it asks of tasks to do something. */
    long questions(Runnable act) {
        long before = asked;
        act.run();
        return asked - before;
    }
}
