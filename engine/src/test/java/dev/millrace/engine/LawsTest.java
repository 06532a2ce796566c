package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What holds for every history, tried on many random ones. A failure names its seed. */
class LawsTest {
    private static final int SEEDS = 100;
    private static final int STEPS = 180;

    @Test
    void noFactEverBreaksALawAndEveryAcknowledgedRunEnds() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = history(seed);
            histories.heal();
            var stuck = new TreeSet<>(histories.runs());
            stuck.removeAll(histories.laws.ended().keySet());
            assertThat(stuck)
                    .as(
                            "seed %d: runs that do not end, the first of which is %s",
                            seed, stuck.isEmpty() ? "" : histories.engine().run(stuck.first()))
                    .isEmpty();
        }
    }

    @Test
    void whatARunUsedIsTheSumOfItsAttemptsAndCountsOnceWhateverHappens() {
        int used = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = history(seed);
            histories.heal();
            var engine = histories.engine();
            engine.project();
            for (var run : histories.runs()) {
                assertThat(engine.run(run).usage())
                        .as("seed %d, run %s", seed, run)
                        .isEqualTo(histories.laws.used(run));
                assertThat(engine.counted(run))
                        .as("seed %d, run %s in all generations", seed, run)
                        .isEqualTo(histories.laws.everUsed(run));
                used += engine.counted(run).isNone() ? 0 : 1;
            }
        }
        assertThat(used).as("the law was put to the test").isGreaterThan(SEEDS);
    }

    @Test
    void theTurnsOfALoopAreStoredOnceAndInOrder() {
        long turns = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = history(seed);
            for (var image : histories.engine().seen(histories.engine().recovered(), histories.active())) {
                histories.laws.loops(image);
                turns += image.tasks().stream()
                        .mapToInt(task -> task.loop().turns())
                        .sum();
            }
        }
        assertThat(turns).as("the law was put to the test").isGreaterThan(SEEDS);
    }

    @Test
    void whatBudgetsHoldBackIsHeldForAReason() {
        long held = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = history(seed);
            for (var image : histories.engine().seen(histories.engine().shard(), histories.active())) {
                histories.laws.held(image);
                held += image.tasks().stream()
                        .flatMap(task -> task.held().stream())
                        .count();
            }
        }
        assertThat(held).as("the law was put to the test").isPositive();
    }

    @Test
    void noWorkerEverEntersAgainWhatMayRunOnlyOnce() {
        int entered = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = history(seed);
            histories.heal();
            var tasks = new HashSet<String>();
            for (var worker : histories.engine().workers()) {
                for (var assignment : worker.entered()) {
                    boolean first = assignment.checkpoints().equals(Checkpoints.NONE);
                    if (assignment.startsWhenConfirmed() && first) {
                        var ref = assignment.attempt();
                        assertThat(tasks.add(ref.run() + " " + ref.generation() + " " + ref.node() + " " + ref.element()
                                        + " " + assignment.turn()))
                                .as("S5, seed %d: %s", seed, ref)
                                .isTrue();
                        entered++;
                    }
                }
            }
        }
        assertThat(entered).as("the law was put to the test").isGreaterThan(SEEDS);
    }

    @Test
    void everyRunThatHasNotEndedWaitsForSomethingThatHasAName() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = new RandomHistories(seed);
            for (int i = 0; i < STEPS; i++) {
                step(histories, seed, i);
                var engine = histories.engine();
                for (var image : engine.seen(engine.shard(), histories.active())) {
                    if (image.window().isPresent()) {
                        assertThat(engine.shard().nextTimer()).isPresent();
                    } else if (image.tasks().stream()
                            .allMatch(task -> task.state().isFinal())) {
                        // A question about a step is open, and is asked again when its time has come.
                        assertThat(engine.effects())
                                .as("S1, seed %d, step %d: %s", seed, i, image)
                                .anyMatch(effect -> effect instanceof Effect.DecideStep question
                                        && question.run().equals(image.run()));
                        assertThat(engine.shard().nextTimer()).isPresent();
                    }
                }
            }
        }
    }

    @Test
    void nobodyWaitsForNothingOrForOthersOfItsBatchLongerThanItsStepSays() {
        long waited = 0;
        int largest = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = new RandomHistories(seed);
            for (int i = 0; i < STEPS; i++) {
                step(histories, seed, i);
                var engine = histories.engine();
                engine.send(new Command.Tick());
                for (var image : engine.seen(engine.shard(), histories.active())) {
                    for (var task : image.tasks()) {
                        if (task.state() != TaskState.QUEUED) {
                            continue;
                        }
                        var answer = engine.ask(replyTo -> new Command.Explain(
                                replyTo, EngineHarness.TENANT, image.run(), task.node(), task.element()));
                        for (var hold : ((Reply.Explained) answer).holds()) {
                            assertThat(hold.gate())
                                    .as("seed %d, step %d: %s", seed, i, image)
                                    .isNotEqualTo(Hold.Gate.NOTHING);
                            if (hold.gate() == Hold.Gate.BATCH) {
                                assertThat(hold.until())
                                        .as("seed %d, step %d: %s of %s", seed, i, hold, image)
                                        .isAfter(engine.now());
                                waited++;
                            }
                        }
                    }
                }
            }
            largest = Math.max(largest, histories.laws.largestCall());
        }
        assertThat(waited).as("the law was put to the test").isPositive();
        assertThat(largest).isGreaterThan(2);
    }

    @Test
    void aShardRecoveredAtAnyPointEqualsTheOneThatWasThere() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = new RandomHistories(seed);
            for (int i = 0; i < STEPS; i++) {
                step(histories, seed, i);
                if (i % 10 == 9) {
                    var engine = histories.engine();
                    engine.send(new Command.Tick());
                    var recovered = engine.recovered();
                    assertThat(active(histories, recovered))
                            .as("seed %d, step %d", seed, i)
                            .isEqualTo(active(histories, engine.shard()));
                    assertThat(recovered.image().buckets())
                            .as("seed %d, step %d", seed, i)
                            .isEqualTo(engine.shard().image().buckets());
                }
            }
        }
    }

    @Test
    void aRecoveredShardGoesOnLikeTheOneThatWasThere() {
        for (long seed = 0; seed < 40; seed++) {
            // What is out of memory comes back, but not always in the same order.
            var histories = history(seed, new RandomHistories(seed, ShardSettings.DEFAULT));
            var engine = histories.engine();
            // All at the same instant, so that both shards have workers to wait for equally long.
            engine.workers().stream().filter(worker -> !worker.isConnected()).forEach(FakeWorker::connect);
            engine.workers().forEach(FakeWorker::disconnect);
            var original = engine.shard();
            var recovered = engine.recovered();
            var now = engine.now();
            for (int i = 0; i < 200; i++) {
                var next = original.nextTimer();
                if (next.isEmpty()) {
                    break;
                }
                now = next.get().isAfter(now) ? next.get() : now;
                assertThat(engine.tick(recovered, now))
                        .as("seed %d at %s", seed, now)
                        .isEqualTo(engine.tick(original, now));
            }
            assertThat(active(histories, recovered)).as("seed %d", seed).isEqualTo(active(histories, original));
        }
    }

    @Test
    void theStoredHistoryOfARunIsCompleteAndEndsWithItsState() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = history(seed);
            histories.heal();
            histories.engine().project();
            for (var run : histories.runs()) {
                var image = histories
                        .engine()
                        .snapshots()
                        .run(EngineHarness.TENANT, run)
                        .orElseThrow();
                assertThat(image.history().get(image.history().size() - 1).state())
                        .isEqualTo(image.state().name());
                assertThat(image.history()).isSortedAccordingTo(Comparator.comparing(RunImage.Transition::at));
                for (var task : image.tasks()) {
                    assertThat(image.history())
                            .as("seed %d, run %s, %s", seed, run, task)
                            .anyMatch(step -> step.node() == task.node()
                                    && step.element() == task.element()
                                    && step.attempt() == 0
                                    && step.state().equals(task.state().name()));
                    for (int attempt = 1; attempt <= task.attempt(); attempt++) {
                        int number = attempt;
                        assertThat(image.history())
                                .as("seed %d, run %s, attempt %d of %s", seed, run, number, task)
                                .anyMatch(step -> step.node() == task.node()
                                        && step.element() == task.element()
                                        && step.attempt() == number
                                        && AttemptState.valueOf(step.state()).isFinal());
                    }
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameFacts() {
        for (long seed = 0; seed < 40; seed++) {
            assertThat(history(seed).engine().facts())
                    .as("S27, seed %d", seed)
                    .isEqualTo(history(seed).engine().facts());
        }
    }

    private static RandomHistories history(long seed) {
        return history(seed, new RandomHistories(seed));
    }

    private static RandomHistories history(long seed, RandomHistories histories) {
        for (int i = 0; i < STEPS; i++) {
            step(histories, seed, i);
        }
        return histories;
    }

    private static void step(RandomHistories histories, long seed, int number) {
        try {
            histories.step();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("Seed " + seed + ", step " + number + ": " + e.getMessage(), e);
        }
    }

    /** Everything that an image says of the active runs but what depends on when it was last captured. */
    private static List<String> active(RandomHistories histories, Shard shard) {
        var active = new ArrayList<String>();
        histories.engine().seen(shard, histories.active()).stream()
                .filter(image -> !image.state().isFinal())
                .forEach(image -> active.add(image.run() + " " + image.state() + " " + image.generation() + " "
                        + image.version() + " " + image.input() + " " + image.priority() + " " + image.started() + " "
                        + image.deadline() + " " + image.tasks() + " " + image.cleanUp() + " " + image.failure() + " "
                        + image.compensated() + " " + image.deadlinePassed() + " " + image.cancelReason()));
        return active;
    }
}
