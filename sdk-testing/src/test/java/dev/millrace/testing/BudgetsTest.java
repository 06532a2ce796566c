package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connection.MillraceException;
import dev.millrace.rest.model.RunState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A run that asks for more of a budget, as a user tests it. */
class BudgetsTest {
    private static final String TOKENS = "openai.tokens";
    private final TestMillrace millrace = TestMillrace.create();

    private TestRun start() {
        millrace.worker(new Frugal());
        return millrace.start(Frugal.class, "mills");
    }

    @Test
    void itWaitsUntilSomebodyLetsItUseMore() {
        var run = start();
        assertThat(run.asksForMore()).containsExactly(TOKENS);
        assertThat(millrace.approvals()).as("what steps ask").isEmpty();
        millrace.crash();

        run.raiseBudget(TOKENS, 2_000);

        assertThat(run.await().result(String.class)).isEqualTo("mills!");
        assertThat(run.asksForMore()).isEmpty();
        assertThat(run.used(TOKENS)).isEqualTo(1_500);
    }

    @Test
    void itEndsAtItsDeadlineWhenNobodyDoes() {
        var run = start();
        millrace.advance(Duration.ofDays(2));
        assertThat(run.state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(run.used(TOKENS)).isEqualTo(1_200);
    }

    @Test
    void whatAControlPlaneRefusesIsRefusedHere() {
        var run = start();
        assertThatThrownBy(() -> run.raiseBudget(TOKENS, 999))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("may use 1000 of '" + TOKENS + "' already");
        assertThatThrownBy(() -> run.raiseBudget("cents", 5)).hasMessageContaining("has no budget 'cents'");
    }
}
