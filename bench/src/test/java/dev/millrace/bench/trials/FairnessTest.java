package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairnessTest {
    private static final Sizes SIZES = new Sizes(100, 1, 1, 1, 16, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 2);

    @Test
    void theWorstOfAllRepeatsCounts() {
        var findings = Fairness.report(SIZES, List.of(of(0.999, 1, 1), of(0.98, 3, 1)), new Json());

        assertThat(findings.text(true)).contains("\"jainIndex\" : 0.98").contains("\"loneTaskMaxRounds\" : 3");
        assertThat(findings.problem()).isEmpty();
    }

    @Test
    void aLoneTaskThatHadNobodyToWaitForSaysNothing() {
        assertThat(Fairness.report(SIZES, List.of(of(1, 1, 0)), new Json()).problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("--runs"));
    }

    private static Figures of(double jain, int rounds, int keysLeft) {
        var shares = Figures.none()
                .with("jainIndex", jain)
                .with("worstJainIndex", jain)
                .with("turns", 10)
                .with("failed", 0);
        var lone = Figures.none()
                .with("loneTasks", 5)
                .with("mostRounds", rounds)
                .with("meanRounds", rounds)
                .with("keysLeft", keysLeft)
                .with("failed", 0);
        return shares.under("shares").and(lone.under("lone"));
    }
}
