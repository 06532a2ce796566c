package dev.millrace.engine.scheduling;

import static dev.millrace.engine.scheduling.Stage.NOON;
import static dev.millrace.engine.scheduling.Stage.SINCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.Priority;
import dev.millrace.engine.ShardSettings.Residence;
import dev.millrace.engine.scheduling.Kind.Claim;
import dev.millrace.engine.scheduling.Kind.Gather;
import dev.millrace.engine.scheduling.Kind.Take;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.RateLimitSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each gate says why a task waits; and whatever comes and goes, the scheduler finds the one whose turn it is. */
class SchedulerTest {
    private static final Claim SHARED = new Claim("shared", "");

    private final Stage stage = new Stage();
    private final Scheduler scheduler = stage.scheduler;
    private final Shape shape = stage.shape;

    private Lane lane(int slots, Take... takes) {
        return stage.alike().slots(slots).takes(takes).lane();
    }

    private Hold onlyHold(Ready task) {
        var holds = scheduler.holds(task, SINCE, NOON);
        assertThat(holds).hasSize(1);
        return holds.get(0);
    }

    @Test
    void withoutAWorkerOfItsShapeATaskSaysSo() {
        var lane = lane(1);
        stage.join(5, scheduler.shape("s", "orders", "another"));
        stage.queue(lane);
        var second = stage.queue(lane);
        assertThat(onlyHold(second).gate()).isEqualTo(Gate.NO_COMPATIBLE_WORKER);
        assertThat(onlyHold(second).name()).isEqualTo("orders");
        assertThat(onlyHold(second).until()).isEqualTo(Instant.MAX);
        assertThat(onlyHold(second).ahead()).isEqualTo(1);
        assertThat(scheduler.next(NOON)).isNull();
    }

    @Test
    void withoutAFreeSlotATaskSaysSo() {
        var lane = lane(2);
        var hand = stage.join(3, shape);
        hand.take(2);
        assertThat(onlyHold(stage.queue(lane)).gate()).isEqualTo(Gate.SLOTS_TAKEN);
        assertThat(scheduler.next(NOON)).isNull();
        hand.take(-2);
        assertThat(onlyHold(scheduler.next(NOON).task()).gate()).isEqualTo(Gate.NOTHING);
    }

    @Test
    void aTaskThatFitsNoWorkerAtAllSaysSo() {
        stage.join(3, shape);
        assertThat(onlyHold(stage.queue(lane(4))).gate()).isEqualTo(Gate.NO_WORKER_LARGE_ENOUGH);
    }

    @Test
    void slotsThatBecomeFreeAreKeptForTheWiderTaskWhoseTurnItIs() {
        var hand = stage.join(3, shape);
        hand.take(3);
        var wide = stage.queue(lane(3));
        var narrow = stage.queue(lane(1));
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
        var hand = stage.join(2, shape);
        hand.take(2);
        var wide = stage.queue(lane(2));
        stage.queue(lane(3));
        hand.take(-1);
        assertThat(scheduler.next(NOON)).isNull();
        hand.take(1);
        hand.take(-1);
        var narrow = stage.queue(lane(1));
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
        stage.join(5, shape);
        stage.queue(lane);
        var second = stage.queue(lane);
        scheduler.offered(scheduler.next(NOON).task(), NOON);
        assertThat(scheduler.next(NOON)).isNull();
        var hold = onlyHold(second);
        assertThat(hold.gate()).isEqualTo(Gate.NO_TOKENS);
        assertThat(hold.name()).isEqualTo("api");
        assertThat(hold.until()).isEqualTo(SINCE.plusSeconds(1));
        assertThat(hold.ahead()).isZero();
        assertThat(stage.timers.next()).hasValue(NOON + 1_000_000);
    }

    @Test
    void whoLooksAgainInVainHasWaitedSinceItLackedThatFirst() {
        scheduler.limits().define(new RateLimitSpec("api", 1, Duration.ofHours(1), 1), NOON);
        var lane = lane(1, new Take("api", "", 1));
        stage.join(5, shape);
        stage.queue(lane);
        var second = stage.queue(lane);
        scheduler.offered(scheduler.next(NOON).task(), NOON);
        assertThat(scheduler.next(NOON)).isNull();
        stage.join(5, shape, scheduler.shape("s", "orders", "another")); // so all look again
        long later = NOON + 5_000_000;
        assertThat(scheduler.next(later)).isNull();
        assertThat(scheduler.holds(second, SINCE.minusSeconds(60), later).get(0).since())
                .isEqualTo(SINCE);
    }

    @Test
    void askingChangesNothing() {
        scheduler.limits().define(new RateLimitSpec("api", 1, Duration.ofSeconds(1), 1), NOON);
        var lane = lane(1, new Take("api", "", 1));
        stage.join(1, shape);
        var task = stage.queue(lane);
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
        private final Stage stage;
        private final Scheduler scheduler;
        private final List<Shape> shapes = new ArrayList<>();
        private final List<Lane> lanes = new ArrayList<>();
        private final List<Stage.Hand> hands = new ArrayList<>();
        private final List<Ready> waiting = new ArrayList<>();
        private final List<Runnable> running = new ArrayList<>();
        private int tasks;
        private int holdersMade;
        private long now = NOON;

        Bustle(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            stage = new Stage(new Residence(1 + random.nextInt(60), 1, 1, Duration.ZERO, 1_000));
            scheduler = stage.scheduler;
            for (int i = 0; i < 3; i++) {
                scheduler
                        .limits()
                        .define(new RateLimitSpec("limit-" + i, 1 + random.nextInt(5), Duration.ofSeconds(1), 2), now);
                shapes.add(scheduler.shape("s", "flow-" + i / 2, "shape-" + i));
            }
            for (int i = 3; i < 6; i++) {
                shapes.add(scheduler.shape("s", "flow-" + i / 2, "shape-" + i));
            }
            scheduler
                    .limits()
                    .define(
                            "shared",
                            new ConcurrencySpec("shared", "", 1 + random.nextInt(3), ConcurrencyStrategy.QUEUE));
        }

        void run() {
            for (int i = 0; i < 300; i++) {
                change();
                stage.advance(now);
                for (var offer = scheduler.next(now); offer != null; offer = scheduler.next(now)) {
                    take(offer);
                    stage.windows.takeTrimmed();
                }
                for (var task : waiting) {
                    assertThat(scheduler.holds(task, SINCE, now))
                            .as("seed %d, change %d: a task that nothing holds back waits", seed, i)
                            .noneMatch(hold -> hold.gate() == Gate.NOTHING);
                }
            }
        }

        private void change() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> {
                    int number = random.nextBoolean() ? ++tasks : - ++tasks;
                    waiting.add(stage.queue(lane(), number, now));
                }
                case 4 -> {
                    if (!waiting.isEmpty()) {
                        scheduler.unqueue(waiting.remove(random.nextInt(waiting.size())), now);
                    }
                }
                case 5 -> {
                    int from = random.nextInt(shapes.size());
                    var served = shapes.subList(from, Math.min(shapes.size(), from + 1 + random.nextInt(2)));
                    hands.add(stage.join(1 + random.nextInt(3), served));
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
                case 8 -> stage.windows.heed(1 + random.nextInt(1_000), random.nextBoolean());
                default -> now += random.nextInt(400) * 1_000L; // whole ticks of the timers
            }
        }

        private Lane lane() {
            if (lanes.size() < 24) {
                var limits = new ArrayList<Take>();
                for (int i = 0; i < 3; i++) {
                    if (random.nextInt(4) == 0) {
                        limits.add(new Take("limit-" + i, "", 1));
                    }
                }
                int shape = random.nextInt(shapes.size());
                int slots = 1 + random.nextInt(6) / 3;
                var alike = stage.alike()
                        .shape(shapes.get(shape))
                        .priority(Priority.values()[random.nextInt(4)])
                        .slots(slots)
                        .takes(limits.toArray(Take[]::new));
                if (random.nextBoolean()) {
                    alike.claims(SHARED);
                }
                if (random.nextInt(3) == 0) {
                    alike.gather(new Gather("version-" + shape, "step", "slots-" + slots, 2 * slots, 1_000_000));
                }
                lanes.add(alike.lane());
            }
            return lanes.get(random.nextInt(lanes.size()));
        }

        private void take(Offer first) {
            var releases = new ArrayList<Runnable>();
            int slots = first.task().lane.slots;
            assertThat(first.worker().free()).isGreaterThanOrEqualTo(slots);
            int taken = 0;
            for (var offer = first; offer != null; ) {
                assertThat(waiting.remove(offer.task())).isTrue();
                var claims = offer.task().lane.kind.claims();
                var age = offer.task().age();
                var holder = new Holder(age.started(), age.run(), 0, ++holdersMade);
                scheduler.offered(offer.task(), now);
                scheduler.limits().hold(claims, holder, now);
                releases.add(() -> scheduler.limits().release(claims, holder, now));
                taken++;
                offer = taken < first.most() ? scheduler.beside(first, now) : null;
            }
            if (first.gathering().isPresent()) {
                scheduler.gathered(first);
            }
            first.worker().take(slots);
            assertThat(scheduler.limits().held(SHARED))
                    .isLessThanOrEqualTo(scheduler.limits().limit("shared"));
            running.add(() -> {
                first.worker().take(-slots);
                releases.forEach(Runnable::run);
            });
        }
    }
}
