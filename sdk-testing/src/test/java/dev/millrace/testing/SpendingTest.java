package dev.millrace.testing;

import static dev.millrace.testing.Essay.TOKENS;
import static dev.millrace.testing.MillraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What steps use, as a user tests it. */
class SpendingTest {
    private final TestMillrace millrace = TestMillrace.create();
    private final Essay essay = new Essay();

    @Test
    void whatStepsUseAddsUpFailedAttemptsIncluded() {
        essay.happens = (what, context) -> {
            if (what.equals("search")) {
                context.usage(TOKENS, 7);
                if (context.attempt() == 1) {
                    throw new IllegalStateException("not found");
                }
            }
        };
        millrace.worker(essay);
        assertThat(millrace.run(Essay.class, "mills"))
                .succeeded()
                .used(TOKENS, 7 + 7 + 100 + 10)
                .used("pages", 0)
                .step("search")
                .attempts(2)
                .used(TOKENS, 14)
                .step("write")
                .used(TOKENS, 110);
    }

    @Test
    void durableCodeThatGoesOnElsewhereDoesNotPayTwice() {
        var other = new Essay();
        var first = millrace.worker(essay);
        essay.happens = (what, context) -> {
            if (what.equals("polish")) {
                first.kill(); // polished, paid for, and neither stored nor reported
            }
        };
        var run = millrace.start(Essay.class, "mills");
        assertThat(run).used(TOKENS, 100);
        millrace.worker(other);
        assertThat(run.await()).succeeded().used(TOKENS, 110);
    }

    @Test
    void aCrashOfTheControlPlaneForgetsNothingThatWasSaid() {
        essay.happens = (what, context) -> {
            if (what.equals("polish")) {
                millrace.crash();
            }
        };
        millrace.worker(essay);
        var run = millrace.start(Essay.class, "mills");
        millrace.crash();
        assertThat(run.await()).succeeded().used(TOKENS, 110);
    }

    @Test
    void whatWasNotUsedIsToldWithTheHistory() {
        millrace.worker(essay);
        var run = millrace.run(Essay.class, "mills");
        assertThatThrownBy(() -> assertThat(run).used(TOKENS, 1))
                .hasMessageContaining("1 of 'openai.tokens' to be used")
                .hasMessageContaining("110");
    }
}
