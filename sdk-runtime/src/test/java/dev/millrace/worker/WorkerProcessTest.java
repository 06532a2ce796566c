package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.fake.FakeControlPlane;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerProcessTest {
    private final FakeControlPlane fake = new FakeControlPlane();

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void aProcessThatIsToldToEndFinishesWhatItRuns() throws IOException, InterruptedException {
        var process = start();
        try {
            var output = process.inputReader(StandardCharsets.UTF_8);
            assertThat(nextLine(output)).isEqualTo("ready");
            var task = fake.dispatch.offer("scripted", "ship", Map.of(0, "{\"id\":\"A-1\",\"cents\":1}"));
            assertThat(nextLine(output)).isEqualTo("entered");

            process.toHandle().destroy(); // SIGTERM; destroy() of the process would close its input too
            await().until(() -> fake.dispatch.frames.stream().anyMatch(frame -> frame.getDraining()));
            assertThat(task.completion()).isEmpty();
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();

            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(task.completion().orElseThrow().getSuccess().getResult().toStringUtf8())
                    .contains("from another process");
            assertThat(fake.dispatch.connected()).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start() throws IOException {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("MILLRACE_URL", fake.url());
        builder.environment().put("MILLRACE_TOKEN", FakeControlPlane.TOKEN);
        return builder.start();
    }

    /** The logging of libraries is not the program's. */
    private static String nextLine(BufferedReader output) throws IOException {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals("ready") || line.equals("entered")) {
                return line;
            }
        }
        return "the process has ended";
    }
}
