package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void wrongWordsEndWithTwoAndLeaveTheOutputEmpty() {
        assertThat(run("speed")).isEqualTo(2);
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).startsWith("There is no benchmark \"speed\"").contains("Usage: bench");
    }

    @Test
    void helpGoesToTheOutput() {
        assertThat(run("--help")).isZero();
        assertThat(text(out))
                .startsWith(
                        "Usage: bench throughput|latency|chain|fanout|enqueue|recovery|backlog|sleeping|idle|events|schedules|fairness|tenants|limits|durable|soak [options]");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void aReportWithFailedRunsIsPrintedAndIsAnError() {
        assertThat(tell(3)).isEqualTo(1);
        assertThat(text(out)).contains("FAILED RUNS").contains("25,000 /s");
        assertThat(text(err)).startsWith("3 runs failed while it was measured");
    }

    @Test
    void aReportWithoutFailedRunsIsNoError() {
        assertThat(tell(0)).isZero();
        assertThat(text(out)).doesNotContain("FAILED");
        assertThat(text(err)).isEmpty();
    }

    private int tell(long failedRuns) {
        var figures = Figures.none()
                .with("flood.runsPerSecond", 25_000)
                .with("flood.ended", 250_000)
                .with("flood.inputBytes", 512)
                .with("flood.resultBytes", 540)
                .with("flood.runMillis.p50", 1)
                .with("flood.runMillis.p95", 2)
                .with("flood.runMillis.p99", 3)
                .with("flood.runMillis.max", 4);
        var report = Report.of(Options.parse(List.of("throughput")), List.of(figures), failedRuns, new Json());
        return Main.tell(
                report,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private int run(String... words) {
        return Main.run(
                List.of(words),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
