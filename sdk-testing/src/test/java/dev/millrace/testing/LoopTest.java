package dev.millrace.testing;

import static dev.millrace.testing.MillraceAssertions.assertThat;

import dev.millrace.rest.model.TaskState;
import dev.millrace.testing.BuildWatch.Commit;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Loops, as a user tests them. */
class LoopTest {
    private final TestMillrace millrace = TestMillrace.create();
    private final BuildWatch watch = new BuildWatch();

    @Test
    void aLoopOfThirtyDaysTakesNoTime() {
        millrace.worker(watch);
        var run = millrace.start(BuildWatch.class, new Commit("4711", 31));
        assertThat(run).step("follow").is(TaskState.BACKING_OFF).turn(2);
        millrace.advance(Duration.ofDays(30));
        assertThat(run)
                .succeeded()
                .result("4711 after 31, finished")
                .step("follow")
                .turn(31)
                .attempts(31);
    }

    @Test
    void eachTurnHasRetriesAndAKeyOfItsOwn() {
        watch.happens = turn -> {
            if (watch.keys.size() % 2 == 1) {
                throw new IllegalStateException("busy");
            }
        };
        millrace.worker(watch);
        var run = millrace.start(BuildWatch.class, new Commit("4711", 3)).await();
        assertThat(run).succeeded().step("follow").turn(3).attempts(6);
        Assertions.assertThat(watch.keys)
                .containsExactly(
                        run.id() + "/follow/turn-1",
                        run.id() + "/follow/turn-1",
                        run.id() + "/follow/turn-2",
                        run.id() + "/follow/turn-2",
                        run.id() + "/follow/turn-3",
                        run.id() + "/follow/turn-3");
    }

    @Test
    void whereverTheWorkerDiesTheOutcomeIsTheSame() {
        int points = TestMillrace.crashEverywhere(plane -> {
            plane.worker(new BuildWatch());
            return plane.start(BuildWatch.class, new Commit("4711", 4));
        });
        Assertions.assertThat(points).isGreaterThanOrEqualTo(10);
    }

    @Test
    void aCrashOfTheControlPlaneForgetsNoTurn() {
        millrace.worker(watch);
        var run = millrace.start(BuildWatch.class, new Commit("4711", 3));
        millrace.advance(Duration.ofDays(1));
        millrace.crash();
        millrace.advance(Duration.ofDays(1));
        assertThat(run)
                .succeeded()
                .result("4711 after 3, finished")
                .step("follow")
                .attempts(3);
    }
}
