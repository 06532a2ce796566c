package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.trials.Durability.Found;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurabilityTest {
    private static final Sizes SIZES =
            new Sizes(100_000, 1, 100, 1, 16, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 1);

    @Test
    void eachPlaceWhereCodeWaitsHasAFigureOfItsOwn() {
        var findings = Durability.report(SIZES, found(resumed("warm", 2), resumed("evicted", 8), 0), new Json());

        assertThat(findings.problem()).isEmpty();
        assertThat(findings.text(true).replaceAll("\\s", ""))
                .contains(
                        "\"resumeWarmMillis\":{\"p50\":2,\"p99\":4",
                        "\"resumeEvictedMillis\":{\"p50\":8,\"p99\":16",
                        "\"eventToResumeMillis\":{\"p50\":9,",
                        "\"waiting\":100000",
                        "\"checkpointMillis\":{\"p50\":1,",
                        "\"groupCommitMillis\":{\"p50\":3,",
                        "\"loop1000ResumeMillis\":{\"p50\":50,");
    }

    @Test
    void codeThatWasNotWhereItWasToBeSaysNothing() {
        var findings = Durability.report(
                SIZES, found(resumed("warm", 2).with("evicted", 3), resumed("evicted", 8), 0), new Json());

        assertThat(findings.problem())
                .hasValueSatisfying(
                        problem -> assertThat(problem).startsWith("3 runs were measured in the wrong place"));
    }

    @Test
    void runsThatDidNotGoOnAreAnError() {
        var findings = Durability.report(SIZES, found(resumed("warm", 2), resumed("evicted", 8), 7), new Json());

        assertThat(findings.problem()).contains("7 runs did not go on after their event.");
    }

    private static Found found(Figures warm, Figures evicted, int failed) {
        return new Found(
                warm,
                evicted.with("failed", failed),
                millis("acknowledged", 3),
                millis("checkpoint", 1),
                resumed("evicted", 50),
                resumed("evicted", 9));
    }

    private static Figures resumed(String where, double p50) {
        return Figures.none()
                .with("failed", 0)
                .with("warm", 0)
                .with("evicted", 0)
                .with(where, 10)
                .and(millis(where, p50));
    }

    private static Figures millis(String what, double p50) {
        return Figures.none().with(what + "Millis.p50", p50).with(what + "Millis.p99", 2 * p50);
    }
}
