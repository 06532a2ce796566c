package dev.millrace.cli.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CannedControlPlane;
import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainCommandTest {
    private static final String RUN = "0198c0de-0000-7000-8000-000000000001";

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
    void whatHoldsTheTasksOfAWorkflowBackIsPrintedByCrowds() {
        controlPlane.on("GET /api/v1/workflows/orders/explain", 200, """
            {"workflow":"orders","sentence":"3 tasks wait.","isAll":true,"crowds":[{"tasks":3,"hold":{"gate":"PAUSED","name":"orders",
            "since":"2026-11-21T10:00:00Z","ahead":0,"sentence":"It is paused.","help":"Resume it."}}]}\
            """);

        var run = run("explain", "--workflow", "orders");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("3 tasks wait.", "3 × PAUSED", "It is paused.", "Resume it.");
        assertThat(run("explain", "orders").out())
                .as("a name is that of a workflow")
                .isEqualTo(run.out());
        assertThat(run("explain", "orders", "--output", "json").out()).contains("\"PAUSED\"");
        assertThat(run("explain").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0198c0de-0000-7000-8000-00000000000|is no id of a run",
                "orders/charge|is no id of a run",
                "0198c0de-0000-7000-8000-000000000001/|is no task",
                "0198c0de-0000-7000-8000-000000000001/charge[x]|is no task",
                "orders --step charge|give the id of the run alone",
                "0198c0de-0000-7000-8000-000000000001/charge --element 1|give the id of the run alone",
                "orders --workflow orders|Say which"
            })
    void whatIsNoIdIsRefusedWithWhatItWouldBe(String arguments, String says) {
        var run = run(("explain " + arguments).split(" "));

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(says);
    }

    @Test
    void aTaskIsNamedByItsRunAndItsStep() {
        controlPlane.on("GET /api/v1/runs/" + RUN + "/explain?step=charge&element=2", 200, """
            {"runId":"%1$s","workflow":"orders","state":"RUNNING","sentence":"It is RUNNING.","tasks":[
            {"step":"charge","element":2,"state":"RUNNING","sentence":"It runs on a worker.","holds":[]}]}
            """.formatted(RUN));

        assertThat(run("explain", RUN + "/charge[2]").out()).endsWith("charge[2]  RUNNING\n  It runs on a worker.\n");
    }

    @Test
    void whatHoldsATaskBackIsPrintedWithWhoHoldsItAndWhatHelps() {
        controlPlane.on("GET /api/v1/runs/" + RUN + "/explain?step=charge", 200, """
            {"runId":"%1$s","workflow":"orders","state":"RUNNING","sentence":"It is RUNNING.","tasks":[
            {"step":"charge","state":"QUEUED","sentence":"It waits.","holds":[{"gate":"CONCURRENCY","name":"bank",
            "key":"eu","since":"2026-11-21T10:00:00Z","ahead":3,"taken":2,"limit":2,
            "holders":[{"runId":"%1$s"}],"sentence":"Limit 'bank' for 'eu' is full.","help":"Raise it.",
            "outlook":{"waiting":4,"sentence":"4 wait."}}]}]}
            """.formatted(RUN));

        var run = run("explain", RUN, "--step", "charge");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualTo("""
            Run %1$s of workflow orders
            It is RUNNING.

            charge  QUEUED
              Limit 'bank' for 'eu' is full.
                Raise it.
                4 wait.
                Held by run %1$s.
                Since 2026-11-21T10:00:00Z.
                Try: millrace limits set bank 4
            """.formatted(RUN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PAUSED|orders|millrace workflows resume orders",
                "RUN_CONCURRENCY|orders#1|millrace limits set orders#1 4",
                "CONCURRENCY|of the bank|millrace limits set 'of the bank' 4",
                "NO_TOKENS|crm|millrace limits list",
                "LIMIT_CLOSED|crm|millrace limits list",
                "BUDGET|tokens|millrace runs budget RUN tokens AMOUNT",
                "SIGNAL|go|millrace runs signal RUN go",
                "APPROVAL|editor|millrace approvals list",
                "NO_COMPATIBLE_WORKER|orders|millrace workers list",
                "NO_MATCHING_WORKER|orders|millrace workers list",
                "NO_WORKER_LARGE_ENOUGH|orders|millrace workers list",
                "SLOTS_TAKEN|orders|millrace workers list",
                "STICKY_WORKER|w|millrace workers list",
                "BACKOFF|charge|",
                "SLEEP|nap|",
                "EVENT|paid|",
                "CHILD|other|",
                "BATCH|embed|"
            })
    void theCommandThatHelpsIsSaid(String gate, String name, String command) {
        controlPlane.on("GET /api/v1/runs/" + RUN + "/explain", 200, """
            {"runId":"%1$s","workflow":"orders","state":"QUEUED","sentence":"It is QUEUED.","tasks":[
            {"step":"charge","state":"QUEUED","sentence":"It waits.","holds":[{"gate":"%2$s","name":"%3$s",
            "since":"2026-11-21T10:00:00Z","ahead":0,"taken":2,"limit":2,"sentence":"It waits.","help":"It helps."}]}]}
            """.formatted(RUN, gate, name));

        var out = run("explain", RUN).out();

        assertThat(out.lines()
                        .filter(line -> line.contains("Try:"))
                        .map(String::strip)
                        .toList())
                .isEqualTo(command == null ? List.of() : List.of("Try: " + command.replace("RUN", RUN)));
    }
}
