package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.NonRetryableException;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Durable steps as a user tests them: the clock decides how long a month is. */
class DurableStepTest {
    private static final List<String> ONCE = List.of("plan", "look a", "look b", "look c", "write", "best");

    private final TestMillrace millrace = TestMillrace.create();
    private final Research research = new Research();

    @Test
    void aMonthPassesAndEveryActionIsDoneOnce() {
        millrace.worker(research);
        var run = millrace.start(Research.class, "why");
        assertThat(run.state()).isEqualTo(RunState.WAITING);
        assertThat(run.stateOf("research")).isEqualTo(TaskState.WAITING);
        millrace.advance(Duration.ofDays(29));
        assertThat(research.done).containsExactly("plan", "look a", "look b", "look c");
        millrace.advance(Duration.ofDays(1));
        assertThat(run.result(String.class)).isEqualTo("A12+B12+C12 after 30 days");
        assertThat(research.done).containsExactlyElementsOf(ONCE);
    }

    @Test
    void aCrashOfTheControlPlaneAnywhereChangesNothing() {
        research.happens = what -> {
            if (research.done.size() == 3) {
                millrace.crash();
            }
        };
        millrace.worker(research);
        var run = millrace.start(Research.class, "why");
        millrace.advance(Duration.ofDays(10));
        millrace.crash();
        run.await();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(research.done).containsOnlyOnce("plan", "write", "best");
    }

    @Test
    void whatWasStoredBeforeAWorkerWasKilledIsNotDoneAgain() {
        var other = new Research();
        var first = millrace.worker(research);
        research.happens = what -> {
            if (what.equals("look b")) {
                first.kill();
            }
        };
        var run = millrace.start(Research.class, "why");
        millrace.worker(other);
        run.await();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(other.done)
                .as("'look b' was done, and not stored")
                .containsExactly("look b", "look c", "write", "best");
    }

    @Test
    void aFailedActionIsRepeatedAsItsPolicySays() {
        research.happens = what -> {
            if (what.equals("plan") && research.done.size() < 4) {
                throw new IllegalStateException("not yet");
            }
        };
        millrace.worker(research);
        var run = millrace.run(Research.class, "why");
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(research.done).filteredOn("plan"::equals).hasSize(4);
    }

    @Test
    void anActionThatFailedForGoodFailsTheStepForGood() {
        research.happens = what -> {
            if (what.equals("write")) {
                throw new IllegalStateException("no paper");
            }
        };
        millrace.worker(research);
        var run = millrace.run(Research.class, "why");
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().message()).contains("write failed: no paper");
        assertThat(research.done).filteredOn("write"::equals).hasSize(3);
    }

    @Test
    void otherCodeIsToldWhatItFindsAndTheRightOneGoesOn() {
        var wrong = new Research();
        wrong.changed = true;
        var first = millrace.worker(research);
        var run = millrace.start(Research.class, "why");
        first.kill();
        var second = millrace.worker(wrong);
        millrace.advance(Duration.ofDays(30));
        assertThat(run.stateOf("research")).isEqualTo(TaskState.BACKING_OFF);
        assertThat(run.history()).anyMatch(line -> line.contains("FAILED"));
        assertThat(wrong.done).isEmpty();
        second.kill();
        millrace.worker(research);
        run.await();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(research.done).containsExactlyElementsOf(ONCE);
    }

    @Test
    void whereverTheWorkerDiesTheOutcomeIsTheSame() {
        int places = TestMillrace.crashEverywhere(other -> {
            other.worker(new Research());
            return other.run(Research.class, "why");
        });
        assertThat(places)
                .as("two attempts, their ends, and both sides of eleven actions")
                .isGreaterThan(20);
    }

    @Test
    void anActionThatCannotBeRepeatedIsFound() {
        assertThatThrownBy(() -> TestMillrace.crashEverywhere(other -> {
                    var once = new Research();
                    once.happens = what -> {
                        if (what.equals("write")
                                && once.done.stream().filter("write"::equals).count() > 1) {
                            throw new NonRetryableException("written already");
                        }
                    };
                    other.worker(once);
                    return other.run(Research.class, "why");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("with action 'write' of step 'research' done and not stored")
                .hasMessageContaining("written already");
    }

    @Test
    void aCancelEndsTheSleep() {
        millrace.worker(research);
        var run = millrace.start(Research.class, "why");
        assertThat(run.cancel("not wanted")).isTrue();
        assertThat(run.state()).isEqualTo(RunState.CANCELLED);
    }
}
