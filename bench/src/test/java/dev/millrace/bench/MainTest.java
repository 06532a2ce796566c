package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(text(out)).startsWith("Usage: bench throughput|latency|chain|fanout [options]");
        assertThat(text(err)).isEmpty();
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
