package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import dev.millrace.testing.Claim.Damage;
import java.util.Map;
import org.junit.jupiter.api.Test;

@MillraceTest
class ConditionsTest {

    private static Damage damage(long cents) {
        return new Damage("D-1", cents, Map.of("ours", 80L));
    }

    @Test
    void aStepWhoseConditionHoldsRuns(TestMillrace millrace) {
        millrace.worker(new Claim());

        var run = millrace.start(Claim.class, damage(9_999));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.stateOf("pay")).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void aStepWhoseConditionDoesNotHoldIsSkippedAndWhoTakesItAsOptionalRuns(TestMillrace millrace) {
        millrace.worker(new Claim());

        var run = millrace.start(Claim.class, damage(10_000));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.stateOf("pay")).isEqualTo(TaskState.SKIPPED);
        assertThat(run.stateOf("close")).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void aConditionThatCannotBeToldFailsItsStep(TestMillrace millrace) {
        millrace.worker(new Claim());

        var run = millrace.start(Claim.class, new Damage("D-2", 1, Map.of()));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.stateOf("inform")).isEqualTo(TaskState.FAILED);
        assertThat(run.failure())
                .hasValueSatisfying(failure -> assertThat(failure.message()).contains("ours"));
    }
}
