package dev.millrace.cli.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CannedControlPlane;
import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CelCommandTest {
    private static final String EVALUATE = "POST /api/v1/cel/evaluate";

    @TempDir
    private Path directory;

    private final CannedControlPlane controlPlane = new CannedControlPlane();

    @AfterEach
    void stop() {
        controlPlane.close();
    }

    private CommandLineRun run(String... arguments) {
        return CommandLineRun.of(
                directory, Map.of("MILLRACE_URL", controlPlane.url(), "MILLRACE_TOKEN", "mr_test"), arguments);
    }

    @Test
    void theValueForEachExampleIsPrinted() throws IOException {
        controlPlane.on(EVALUATE, 200, "{\"value\":true,\"type\":\"boolean\"}");
        var order = Files.writeString(directory.resolve("order.json"), "{\"cents\":1}");

        var run = run("cel", "event.cents > 0", "--event", order.toString(), "--metadata", "region=eu");

        assertThat(run).isEqualTo(new CommandLineRun(ExitCode.OK, "true\n", ""));
        assertThat(controlPlane.requests().get(0))
                .contains("\"expression\":\"event.cents > 0\"")
                .contains("\"event\":{\"cents\":1}")
                .contains("\"region\":\"eu\"");
    }

    @Test
    void aMistakeIsPointedAt() {
        controlPlane.on(EVALUATE, 200, "{\"mistakes\":[{\"column\":5,\"message\":\"There is no 'evnt' here.\"}]}");

        var run = run("cel", "1 + evnt.x");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("millrace: column 5: There is no 'evnt' here.\n  1 + evnt.x\n      ^\n");
    }

    @Test
    void anExpressionWithoutAValueIsAnError() {
        controlPlane.on(EVALUATE, 200, "{\"failure\":\"it has no value: key 'x' is not present\"}");

        var run = run("cel", "event.x");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(run.err()).isEqualTo("millrace: it has no value: key 'x' is not present\n");
    }

    @Test
    void aFileThatIsNoJsonIsAUsageError() throws IOException {
        var file = Files.writeString(directory.resolve("order.json"), "{cents}");

        var run = run("cel", "event", "--event", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("order.json is no JSON");
        assertThat(controlPlane.requests()).isEmpty();
    }
}
