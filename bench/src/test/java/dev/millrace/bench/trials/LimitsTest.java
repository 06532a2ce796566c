package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Sizes SIZES = new Sizes(1, 1, 500, 1, 16, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 3);

    @Test
    void whatLimitsAddIsTheMedianOfWhatTheyAddToEachMeasurement() {
        var findings = Limits.report(SIZES, List.of(of(1, 1.5, 0), of(5, 5.25, 0), of(2, 9, 0)), new Json());

        assertThat(findings.text(true)).contains("\"p50\" : 0.5");
        assertThat(findings.problem()).isEmpty();
    }

    @Test
    void runsThatFailedAreAProblem() {
        assertThat(Limits.report(SIZES, List.of(of(1, 2, 3)), new Json()).problem())
                .hasValueSatisfying(problem -> assertThat(problem).startsWith("3 runs failed"));
    }

    private static Figures of(double without, double with, int failed) {
        return half(without, failed).under("without").and(half(with, 0).under("with"));
    }

    private static Figures half(double millis, int failed) {
        return Figures.none()
                .with("startMillis.p50", millis)
                .with("startMillis.p95", millis)
                .with("startMillis.p99", millis)
                .with("startMillis.max", millis)
                .with("failed", failed);
    }
}
