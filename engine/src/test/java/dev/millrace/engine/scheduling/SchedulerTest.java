package dev.millrace.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Age;
import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.scheduling.Kind.Take;
import dev.millrace.engine.timer.Timer;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.placement.PlacementSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each gate says why a task waits; and whatever comes and goes, the scheduler finds the one whose turn it is. */
class SchedulerTest {
    private static final long NOON = 1_800_000_000_000_000L;
    private static final Instant SINCE = Instant.EPOCH.plus(NOON, ChronoUnit.MICROS);
    private final Timers timers = new Timers();
    private final Scheduler scheduler = new Scheduler(timers, () -> {});
    private final Shape shape = scheduler.shape("s", "orders", "shape");
    private int tasks;

    private static final class Item extends Ready {
        final int number;

        Item(int number) {
            this.number = number;
        }

        @Override
        protected Age age() {
            return new Age(Instant.EPOCH.plusSeconds(number), new RunId(new UUID(0, number)));
        }

        @Override
        protected int compareAge(Age other) {
            return age().compareTo(other);
        }

        @Override
        protected int compareAge(Ready other) {
            return Integer.compare(number, ((Item) other).number);
        }

        @Override
        protected WorkerSlots lastWorker() {
            return null;
        }

        @Override
        protected long sinceMicros() {
            return 0;
        }

        @Override
        protected long cost(int take) {
            throw new IllegalStateException("Costs are fixed here.");
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

    private static final class Hand extends WorkerSlots {
        Hand(int slots) {
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

    private Lane lane(int slots, Take... takes) {
        return scheduler.lane(new Kind(
                shape,
                false,
                Priority.NORMAL,
                slots,
                PlacementSpec.ANYWHERE,
                "",
                "",
                List.of(),
                List.of(),
                List.of(takes)));
    }

    private Item queue(Lane lane) {
        var item = new Item(++tasks);
        scheduler.queue(item, lane);
        return item;
    }

    private Hand join(int slots, Shape... shapes) {
        var hand = new Hand(slots);
        scheduler.crews().join(hand, List.of(shapes), "", Map.of());
        return hand;
    }

    private Hold onlyHold(Ready task) {
        var holds = scheduler.holds(task, SINCE, NOON);
        assertThat(holds).hasSize(1);
        return holds.get(0);
    }

    @Test
    void withoutAWorkerOfItsShapeATaskSaysSo() {
        var lane = lane(1);
        join(5, scheduler.shape("s", "orders", "another"));
        queue(lane);
        var second = queue(lane);
        assertThat(onlyHold(second).gate()).isEqualTo(Gate.NO_COMPATIBLE_WORKER);
        assertThat(onlyHold(second).name()).isEqualTo("orders");
        assertThat(onlyHold(second).until()).isEqualTo(Instant.MAX);
        assertThat(onlyHold(second).ahead()).isEqualTo(1);
        assertThat(scheduler.next(NOON)).isNull();
    }

    @Test
    void withoutAFreeSlotATaskSaysSo() {
        var lane = lane(2);
        var hand = join(3, shape);
        hand.take(2);
        assertThat(onlyHold(queue(lane)).gate()).isEqualTo(Gate.SLOTS_TAKEN);
        assertThat(scheduler.next(NOON)).isNull();
        hand.take(-2);
        assertThat(onlyHold(scheduler.next(NOON).task()).gate()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void aTaskThatFitsNoWorkerAtAllSaysSo() {
        join(3, shape);
        assertThat(onlyHold(queue(lane(4))).gate()).isEqualTo(Gate.NO_WORKER_LARGE_ENOUGH);
    }

    @Test
    void slotsThatBecomeFreeAreKeptForTheWiderTaskWhoseTurnItIs() {
        var hand = join(3, shape);
        hand.take(3);
        var wide = queue(lane(3));
        var narrow = queue(lane(1));
        hand.take(-1);
        assertThat(scheduler.next(NOON).task()).as("free before the turn came").isSameAs(narrow);
        hand.take(-1);
        assertThat(scheduler.next(NOON).task())
                .as("one of two free slots is kept")
                .isSameAs(narrow);
        hand.take(1);
        assertThat(scheduler.next(NOON)).isNull();
        assertThat(onlyHold(narrow).gate()).isEqualTo(Gate.SLOTS_TAKEN);
        hand.take(-2);
        assertThat(scheduler.next(NOON).task()).isSameAs(wide);
    }

    @Test
    void nothingIsKeptForWhatDoesNotWaitAnyMoreOrFitsNobody() {
        var hand = join(2, shape);
        hand.take(2);
        var wide = queue(lane(2));
        queue(lane(3));
        hand.take(-1);
        assertThat(scheduler.next(NOON)).isNull();
        hand.take(1);
        hand.take(-1);
        var narrow = queue(lane(1));
        assertThat(scheduler.next(NOON)).as("kept").isNull();
        scheduler.unqueue(wide, NOON);
        assertThat(scheduler.next(NOON).task()).as("given back").isSameAs(narrow);
        hand.take(-1);
        assertThat(scheduler.next(NOON).task()).as("nobody has three slots").isSameAs(narrow);
    }

    @Test
    void withoutTokensATaskSaysWhichLimitAndUntilWhen() {
        scheduler.limits().define(new RateLimitSpec("api", 1, Duration.ofSeconds(1), 1), NOON);
        var lane = lane(1, new Take("api", "", 1));
        join(5, shape);
        queue(lane);
        var second = queue(lane);
        scheduler.offered(scheduler.next(NOON).task(), NOON);
        assertThat(scheduler.next(NOON)).isNull();
        var hold = onlyHold(second);
        assertThat(hold.gate()).isEqualTo(Gate.NO_TOKENS);
        assertThat(hold.name()).isEqualTo("api");
        assertThat(hold.until()).isEqualTo(SINCE.plusSeconds(1));
        assertThat(hold.ahead()).isZero();
        assertThat(timers.next()).hasValue(NOON + 1_000_000);
    }

    @Test
    void askingChangesNothing() {
        scheduler.limits().define(new RateLimitSpec("api", 1, Duration.ofSeconds(1), 1), NOON);
        var lane = lane(1, new Take("api", "", 1));
        join(1, shape);
        var task = queue(lane);
        for (int i = 0; i < 10; i++) {
            assertThat(onlyHold(task).gate()).isEqualTo(Gate.NOTHING);
        }
        assertThat(scheduler.next(NOON).task()).isSameAs(task);
        assertThat(scheduler.limits().usedBuckets(NOON)).isEmpty();
    }

    @Test
    void whatCanGoIsFoundWhateverComesAndGoes() {
        for (long seed = 0; seed < 150; seed++) {
            new Bustle(seed).run();
        }
    }

    /** Random lanes, workers and tokens; after every change nothing may be left that a gate would let pass. */
    private static final class Bustle {
        private final Random random;
        private final long seed;
        private final Timers timers = new Timers();
        private final Scheduler scheduler = new Scheduler(timers, () -> {});
        private final List<Shape> shapes = new ArrayList<>();
        private final List<Lane> lanes = new ArrayList<>();
        private final List<Hand> hands = new ArrayList<>();
        private final List<Ready> waiting = new ArrayList<>();
        private final List<Runnable> running = new ArrayList<>();
        private int tasks;
        private long now = NOON;

        Bustle(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            for (int i = 0; i < 3; i++) {
                scheduler
                        .limits()
                        .define(new RateLimitSpec("limit-" + i, 1 + random.nextInt(5), Duration.ofSeconds(1), 2), now);
                shapes.add(scheduler.shape("s", "flow-" + i / 2, "shape-" + i));
            }
        }

        void run() {
            for (int i = 0; i < 300; i++) {
                change();
                timers.advance(now, this::due);
                for (var offer = scheduler.next(now); offer != null; offer = scheduler.next(now)) {
                    take(offer);
                }
                for (var task : waiting) {
                    assertThat(scheduler.holds(task, SINCE, now))
                            .as("seed %d, change %d: a task that nothing holds back waits", seed, i)
                            .noneMatch(hold -> hold.gate() == Gate.NOTHING);
                }
            }
        }

        private void due(Timer timer) {
            if (timer instanceof Precedence precedence) {
                precedence.due(now);
            } else {
                ((Limit) timer).due();
            }
        }

        private void change() {
            switch (random.nextInt(9)) {
                case 0, 1, 2, 3 -> {
                    var task = new Item(random.nextBoolean() ? ++tasks : - ++tasks);
                    waiting.add(task);
                    scheduler.queue(task, lane());
                }
                case 4 -> {
                    if (!waiting.isEmpty()) {
                        scheduler.unqueue(waiting.remove(random.nextInt(waiting.size())), now);
                    }
                }
                case 5 -> {
                    var hand = new Hand(1 + random.nextInt(3));
                    hands.add(hand);
                    scheduler
                            .crews()
                            .join(hand, shapes.subList(random.nextInt(2), 2 + random.nextInt(2)), "", Map.of());
                }
                case 6 -> {
                    if (!hands.isEmpty()) {
                        scheduler.crews().leave(hands.remove(random.nextInt(hands.size())));
                    }
                }
                case 7 -> {
                    if (!running.isEmpty()) {
                        running.remove(random.nextInt(running.size())).run();
                    }
                }
                default -> now += random.nextInt(400) * 1_000L; // whole ticks of the timers
            }
        }

        private Lane lane() {
            if (lanes.size() < 12) {
                var limits = new ArrayList<Take>();
                for (int i = 0; i < 3; i++) {
                    if (random.nextInt(4) == 0) {
                        limits.add(new Take("limit-" + i, "", 1));
                    }
                }
                lanes.add(scheduler.lane(new Kind(
                        shapes.get(random.nextInt(3)),
                        false,
                        Priority.values()[random.nextInt(4)],
                        1 + random.nextInt(6) / 3,
                        PlacementSpec.ANYWHERE,
                        "",
                        "",
                        List.of(),
                        List.of(),
                        limits)));
            }
            return lanes.get(random.nextInt(lanes.size()));
        }

        private void take(Offer offer) {
            int slots = offer.task().lane.slots;
            assertThat(offer.worker().free()).isGreaterThanOrEqualTo(slots);
            assertThat(waiting.remove(offer.task())).isTrue();
            scheduler.offered(offer.task(), now);
            offer.worker().take(slots);
            running.add(() -> offer.worker().take(-slots));
        }
    }
}
