package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    @TempDir
    private Path directory;

    @Test
    void helpIsDataAndSucceeds() {
        var run = run("--help");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("Usage: millrace")
                .contains("runs", "version", "demo", "dev", "server", "bench")
                .contains("10 run FAILED")
                .contains("Start with: millrace demo");
    }

    @Test
    void everyCommandHasHelp() {
        for (var command : Main.commandLine(CommandLineRun.contextIn(directory, Map.of()))
                .getSubcommands()
                .keySet()) {
            var run = run(command, "--help");
            assertThat(run.exitCode()).as(command).isEqualTo(ExitCode.OK);
            assertThat(run.out()).as(command).startsWith("Usage: millrace ");
        }
    }

    @Test
    void withoutACommandItIsAUsageError() {
        var run = run();

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo(
                        "millrace: A command is missing.\n"
                                + "Commands: demo, dev, server, runs, tasks, manifest, events, approvals, filters, schedules, webhooks, explain, limits, usage, workflows, workers, cel, bench, version, help\nSee: millrace --help\n");
    }

    @Test
    void anUnknownCommandIsAnsweredWithThoseThereAre() {
        var run = run("zzz", "list");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("'zzz'")
                .contains(
                        "Commands: demo, dev, server, runs, tasks, manifest, events, approvals, filters, schedules, webhooks, explain, limits, usage, workflows, workers, cel, bench, version, help")
                .endsWith("See: millrace --help\n");
    }

    @Test
    void anUnknownOptionIsAUsageErrorOfItsCommand() {
        var run = run("runs", "list", "--stat", "FAILED");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--stat").contains("--state").endsWith("See: millrace runs list --help\n");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(run("--version").out()).matches("millrace [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)? \\(Java .+\\)\n");
        assertThat(run("version").out()).isEqualTo(run("--version").out());
        assertThat(run("version", "-o", "json").out()).startsWith("{\n  \"version\" : \"" + Version.number() + "\",\n");
    }

    @Test
    void coloursComeOnlyWhenTheyAreWanted() {
        assertThat(run("nothing").err()).doesNotContain("\u001b[");
        assertThat(run("runs", "list", "--color", "never", "--url", "x").err()).doesNotContain("\u001b[");
        assertThat(run("runs", "list", "--color", "always", "--url", "x").err())
                .contains("\u001b[31mmillrace: \u001b[0m");
    }

    @ParameterizedTest
    @CsvSource({"demo,--port,65536", "dev,--grpc-port,-1", "server,--port,http", "demo,--orders,0", "demo,--orders,1001"
    })
    void aNumberThatCannotBeIsAUsageErrorThatNamesIt(String command, String option, String value) {
        var run = run(command, option, value);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(option).contains(value).endsWith("See: millrace " + command + " --help\n");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anUnknownSampleIsAnsweredWithThoseThereAre() {
        var run = run("demo", "order-fulfillment");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains(
                        "There is no sample 'order-fulfillment'. Samples: content-review, order-fulfilment, research-agent.")
                .endsWith("See: millrace demo --help\n");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void ordersAreForTheSampleThatHasThem() {
        var run = run("demo", "content-review", "--orders", "5");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--orders is for order-fulfilment");
    }

    @ParameterizedTest
    @CsvSource({"demo", "dev", "server"})
    void aProgramThatIsNotBuiltIsToldBeforeAnythingIsStarted(String command) {
        var run = run(command, "--port", "0", "--grpc-port", "0");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(run.err()).contains("millrace-control-plane.jar is missing");
    }

    @ParameterizedTest
    @CsvSource({"401,3", "403,3", "404,4", "409,5", "412,5", "503,6", "400,1", "422,1", "429,1", "500,1"})
    void refusalsOfTheControlPlaneHaveAnExitCode(int status, int exitCode) {
        assertThat(Main.exitCode(status)).isEqualTo(exitCode);
    }

    private CommandLineRun run(String... arguments) {
        return CommandLineRun.of(directory, Map.of(), arguments);
    }
}
