package dev.millrace.cli.runs;

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

class ReplayCommandTest {
    private static final String RUN = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
    private static final String OTHER = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8e";
    private static final String BULK = "POST /api/v1/runs/replays";

    @TempDir
    private Path directory;

    private final CannedControlPlane controlPlane = new CannedControlPlane();

    @AfterEach
    void stop() {
        controlPlane.close();
    }

    @Test
    void aRunIsReplayedFromItsFailedStepsUnlessAStepIsNamed() throws IOException {
        controlPlane.on("POST /api/v1/runs/" + RUN + "/replay", 202, "{\"runId\":\"" + RUN + "\",\"generation\":2}");
        var input = Files.writeString(directory.resolve("input.json"), "{\"cents\":1.50}");

        assertThat(run("runs", "replay", RUN))
                .isEqualTo(new CommandLineRun(ExitCode.OK, RUN + "  runs as generation 2\n", ""));
        run("runs", "replay", RUN, "--from-step", "charge", "--reason", "the bank is back");
        run("runs", "replay", RUN, "--all", "--input", input.toString());

        assertThat(controlPlane.requests())
                .containsExactly(
                        "POST /api/v1/runs/" + RUN
                                + "/replay {\"reason\":\"replayed on the command line\",\"from\":\"FAILED_STEPS\"}",
                        "POST /api/v1/runs/" + RUN
                                + "/replay {\"reason\":\"the bank is back\",\"from\":\"STEP\",\"step\":\"charge\"}",
                        "POST /api/v1/runs/" + RUN
                                + "/replay {\"reason\":\"replayed on the command line\",\"from\":\"START\",\"input\":{\"cents\":1.50}}");
    }

    @Test
    void oneRunThatRefusesDoesNotKeepTheOthersFromIt() {
        controlPlane.refuse("POST /api/v1/runs/" + RUN + "/replay", 409, "RUN_NOT_FINISHED", "It is RUNNING.");
        controlPlane.on(
                "POST /api/v1/runs/" + OTHER + "/replay", 202, "{\"runId\":\"" + OTHER + "\",\"generation\":3}");

        assertThat(run("runs", "replay", RUN, OTHER))
                .isEqualTo(new CommandLineRun(
                        ExitCode.CONFLICT,
                        OTHER + "  runs as generation 3\n",
                        "millrace: It is RUNNING. [RUN_NOT_FINISHED]\n"));
    }

    @Test
    void aFilterIsCountedThenReplayedInParts() {
        var filter = "\"filter\":{\"states\":[\"TIMED_OUT\"],\"workflow\":\"orders\",\"step\":\"ship\"}";
        controlPlane.on(BULK, 200, "{\"matched\":2,\"items\":[],\"nextCursor\":\"c0\"}");

        assertThat(run("runs", "replay", "--workflow", "orders", "--state", "TIMED_OUT", "--step", "ship", "--dry-run"))
                .isEqualTo(new CommandLineRun(ExitCode.OK, "2 runs would be replayed.\n", ""));
        assertThat(controlPlane.requests())
                .singleElement()
                .satisfies(request -> assertThat(request).contains(filter, "\"dryRun\":true"));
    }

    @Test
    void withoutAYesAndSomebodyToAskNothingIsReplayed() {
        controlPlane.on(BULK, 200, "{\"matched\":2,\"items\":[],\"nextCursor\":\"c0\"}");

        var run = run("runs", "replay", "--workflow", "orders");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("Replay 2 runs of orders in FAILED, from their failed steps?")
                .contains("--yes");
        assertThat(controlPlane.requests()).hasSize(1);
    }

    @Test
    void whatWasRefusedIsToldAndTheRestCounted() {
        controlPlane.on(
                BULK,
                200,
                "{\"matched\":2,\"items\":[" + replayed(OTHER) + ",{\"runId\":\"" + RUN
                        + "\",\"error\":{\"type\":\"about:blank\",\"title\":\"Refused\",\"status\":409,\"code\":\"RUN_REPLAYED\","
                        + "\"detail\":\"It has been replayed already.\"}}]}");

        assertThat(run("runs", "replay", "--workflow", "orders", "--yes", "--cursor", "c7"))
                .isEqualTo(new CommandLineRun(
                        ExitCode.CONFLICT,
                        "1 run replayed, 1 refused.\n",
                        "millrace: It has been replayed already. [RUN_REPLAYED]\n"));
        assertThat(controlPlane.requests().get(1)).contains("\"cursor\":\"c7\"", "\"limit\":2");
    }

    @Test
    void idsAndAFilterDoNotGoTogetherAndOneIsNeeded() {
        assertThat(run("runs", "replay").err()).contains("Say which runs: their ids, or a filter");
        assertThat(run("runs", "replay", RUN, "--workflow", "orders").err()).contains("not both");
        assertThat(run("runs", "replay", RUN, "--all", "--failed").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("runs", "replay", "--since", "soon").err()).contains("\"soon\" is neither an instant");
        assertThat(run("runs", "replay", "nonsense").err()).contains("\"nonsense\" is no id of a run");
        assertThat(controlPlane.requests()).isEmpty();
    }

    @Test
    void whatFailsIsShownByWorkflowStepAndError() {
        controlPlane.on(
                "GET /api/v1/runs/failed?workflow=orders&from=2026-11-21T00%3A00%3A00Z&limit=50",
                200, """
                {"items":[{"workflow":"orders","step":"ship","error":"java.io.IOException","count":12,
                  "failure":{"code":"STEP_FAILED","step":"ship","message":"Nobody is at home."},
                  "newestAt":"2026-11-21T08:00:00Z","newestRunId":"%s","oldestAt":"2026-11-20T08:00:00Z"}]}""".formatted(RUN));

        assertThat(run("runs", "failed", "--workflow", "orders", "--since", "2026-11-21T00:00:00Z")
                        .out())
                .isEqualTo("""
                        WORKFLOW  STEP  ERROR                RUNS  NEWEST                EXAMPLE                               MESSAGE
                        orders    ship  java.io.IOException    12  2026-11-21T08:00:00Z  0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d  Nobody is at home.
                        """);
    }

    @Test
    void aRunIsExportedAsItIs() throws IOException {
        controlPlane.on("GET /api/v1/runs/" + RUN + "/export", 200, "{\"format\":\"millrace-run/1\",\"n\":1.50}");
        var file = directory.resolve("run.json");

        assertThat(run("runs", "export", RUN).out()).contains("\"n\": 1.50");
        assertThat(run("runs", "export", RUN, "-o", file.toString()))
                .isEqualTo(new CommandLineRun(ExitCode.OK, "", "Wrote run " + RUN + " to " + file + ", 1 kB.\n"));
        assertThat(file).content().contains("\"format\": \"millrace-run/1\"").endsWith("}\n");
    }

    @Test
    void aStuckTaskIsSettledByHandWithAReason() throws IOException {
        var tasks = "POST /api/v1/runs/" + RUN + "/tasks/";
        var settled = "{\"runId\":\"" + RUN + "\",\"step\":\"charge\",\"element\":3,\"state\":\"SUCCEEDED\"}";
        var result = Files.writeString(directory.resolve("result.json"), "{\"paid\":true}");
        for (var action : new String[] {"complete", "fail", "skip", "cancel"}) {
            controlPlane.on(tasks + "charge/" + action, 200, settled);
        }

        assertThat(run(
                        "tasks",
                        "complete",
                        RUN,
                        "charge",
                        "--element",
                        "3",
                        "--reason",
                        "paid by hand",
                        "--result",
                        result.toString()))
                .isEqualTo(new CommandLineRun(ExitCode.OK, RUN + "  charge[3]  SUCCEEDED\n", ""));
        for (var action : new String[] {"fail", "skip", "cancel"}) {
            assertThat(run("tasks", action, RUN, "charge", "--reason", "stuck").exitCode())
                    .as(action)
                    .isEqualTo(ExitCode.OK);
        }
        assertThat(controlPlane.requests())
                .contains(tasks
                        + "charge/complete {\"reason\":\"paid by hand\",\"element\":3,\"result\":{\"paid\":true}}")
                .contains(tasks + "charge/fail {\"reason\":\"stuck\"}");
        assertThat(run("tasks", "fail", RUN, "charge").err()).contains("--reason");
        assertThat(run("tasks").err()).contains("A command is missing", "complete, fail, skip, cancel");
    }

    private static String replayed(String run) {
        return "{\"runId\":\"" + run + "\",\"generation\":2}";
    }

    private CommandLineRun run(String... arguments) {
        return CommandLineRun.of(
                directory, Map.of("MILLRACE_URL", controlPlane.url(), "MILLRACE_TOKEN", "mr_test"), arguments);
    }
}
