package dev.millrace.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Age;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.scheduling.Kind.Gather;
import dev.millrace.engine.scheduling.Kind.Take;
import dev.millrace.engine.timer.Timer;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.placement.PlacementSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What turns cost, in questions asked of tasks: however many wait, and whatever for. */
class TurnsCostTest {
    private static final long NOON = 1_800_000_000_000_000L;
    private static final int MANY = 10_000;

    private final Timers timers = new Timers();
    private final Scheduler scheduler = new Scheduler(timers, () -> {});
    private final Shape shape = scheduler.shape("s", "orders", "shape");
    private int tasks;
    /** How often a task was asked what it takes, or which of two is older. */
    private long asked;

    private final class Item extends Ready {
        final int number = ++tasks;

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
            asked++;
            return Integer.compare(number, ((Item) other).number);
        }

        @Override
        protected WorkerSlots lastWorker() {
            return null;
        }

        @Override
        protected long sinceMicros() {
            return NOON;
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

    private Lane lane(String fairness, Optional<Gather> gather, Take... takes) {
        return scheduler.lane(new Kind(
                shape,
                false,
                Priority.NORMAL,
                1,
                "",
                PlacementSpec.ANYWHERE,
                "",
                fairness,
                List.of(),
                List.of(),
                List.of(takes),
                gather,
                false));
    }

    private Item queue(Lane lane) {
        var item = new Item();
        scheduler.queue(item, lane);
        return item;
    }

    private Hand join(int slots) {
        var hand = new Hand(slots);
        scheduler.crews().join(hand, List.of(shape), "", Map.of());
        return hand;
    }

    private void take(Offer offer, long now) {
        scheduler.offered(offer.task(), now);
        offer.worker().take(1);
    }

    private long questions(Runnable act) {
        long before = asked;
        act.run();
        return asked - before;
    }

    private void oncePerHour(String limit) {
        scheduler.limits().define(new RateLimitSpec(limit, 1, Duration.ofHours(1), 1), NOON);
    }

    @Test
    void whateverTheFirstTenThousandWaitForTheNextThatCanRunRunsWithoutAskingThemAgain() {
        oncePerHour("api");
        join(3);
        for (int i = 0; i < MANY; i++) {
            // Each waits for tokens of a key of its own, of which the first taker had all there are.
            var lane = lane("", Optional.empty(), new Take("api", "key-" + i, 0));
            queue(lane);
            scheduler.offered(lane.head(), NOON);
            queue(lane("", Optional.empty(), new Take("api", "key-" + i, 0)));
        }
        assertThat(scheduler.next(NOON)).isNull();
        var free = lane("", Optional.empty());
        long questions = questions(() -> {
            var runs = queue(free);
            assertThat(scheduler.next(NOON).task()).isSameAs(runs);
            take(scheduler.next(NOON), NOON);
            assertThat(scheduler.next(NOON)).isNull();
        });
        assertThat(questions).as("of tasks that wait for something").isLessThan(10);
    }

    @Test
    void aTurnAmongTenThousandKeysAsksNoMoreThanAmongAHundred() {
        long few = questionsOfTurns(100);
        long many = questionsOfTurns(MANY);
        assertThat(many).as("beside %d among a hundred", few).isLessThanOrEqualTo(few + 50);
    }

    /** Fifty turns among so many keys that share one rate limit. */
    private long questionsOfTurns(int keys) {
        var limit = "shared-" + keys;
        scheduler.limits().define(new RateLimitSpec(limit, 1_000, Duration.ofSeconds(1), 1), NOON);
        var hand = join(1);
        for (int i = 0; i < keys; i++) {
            queue(lane("key-" + i, Optional.empty(), new Take(limit, "", 0)));
        }
        long now = NOON;
        take(scheduler.next(now), now);
        hand.take(-1);
        assertThat(scheduler.next(now)).as("all others wait for tokens").isNull();
        long before = asked;
        for (int turn = 0; turn < 50; turn++) {
            var offer = scheduler.next(now);
            while (offer == null) {
                now += 1_000;
                timers.advance(now, timer -> ((Limit) timer).due());
                offer = scheduler.next(now);
            }
            take(offer, now);
            hand.take(-1);
        }
        long questions = asked - before;
        scheduler.crews().leave(hand);
        return questions;
    }

    @Test
    void theKeysOfABatchStepLeaveNothingBehind() {
        join(1_000_000);
        var flow = lane("", Optional.empty()).flow;
        int before = flow.turns.size() + flow.parent.turns.size();
        for (int i = 0; i < 1_000; i++) {
            var gather = new Gather("v", "embed", "key-" + i, 1, 1);
            queue(lane("", Optional.of(gather)));
            var offer = scheduler.next(NOON);
            take(offer, NOON);
            scheduler.gathered(offer);
        }
        assertThat(flow.turns.size() + flow.parent.turns.size())
                .as("places of the flow in queues, which each turn would have to look at")
                .isEqualTo(before);
    }
}
