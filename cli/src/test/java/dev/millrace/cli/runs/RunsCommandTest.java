package dev.millrace.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CannedControlPlane;
import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunsCommandTest {
    private static final String RUN = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
    private static final String OTHER = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8e";
    private static final String DONE = """
            {"runId":"%s","workflow":"order-fulfilment","version":"5f0c1c6c7f4f5b2d","state":"SUCCEEDED",
             "compensated":false,"createdAt":"2026-11-21T08:00:00.123Z","finishedAt":"2026-11-21T08:00:00.165Z"}""".formatted(RUN);
    private static final String FAILED = """
            {"runId":"%s","workflow":"order-fulfilment","version":"5f0c1c6c7f4f5b2d","state":"FAILED",
             "compensated":true,"createdAt":"2026-11-21T07:59:00Z","finishedAt":"2026-11-21T07:59:03.5Z",
             "failure":{"code":"STEP_FAILED","step":"ship","message":"Nobody delivers to the post box \\"Postfach 4711\\" in the town of München."}}""".formatted(OTHER);

    @TempDir
    private Path directory;

    private final CannedControlPlane controlPlane = new CannedControlPlane();

    @AfterEach
    void stop() {
        controlPlane.close();
    }

    @Test
    void runsAreListedAsATable() {
        controlPlane.on("GET /api/v1/runs?limit=50", 200, "{\"items\":[" + DONE + "," + FAILED + "]}");

        var run = run("runs", "list");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("""
                RUN                                   WORKFLOW          STATE                 CREATED                TOOK  FAILURE
                0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d  order-fulfilment  SUCCEEDED             2026-11-21T08:00:00Z  42 ms  -
                0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8e  order-fulfilment  FAILED (compensated)  2026-11-21T07:59:00Z  3.5 s  ship: Nobody delivers to the post box "Postfach 4711" in the to...
                """);
    }

    @Test
    void whatARunEmitsIsShownPageByPageUntilItHasEnded() {
        var entry = "{\"position\":%d,\"step\":\"write\",\"element\":0,\"generation\":1,\"attempt\":%d,\"index\":0,"
                + "\"value\":{\"text\":\"%s\"},\"ends\":false,\"storedAt\":\"2026-11-21T08:00:00Z\"}";
        controlPlane.on(
                "GET /api/v1/runs/" + RUN + "/stream?step=write&after=0&limit=1000&waitSeconds=10",
                200,
                "{\"runId\":\"" + RUN + "\",\"items\":[" + entry.formatted(1, 1, "Once") + ","
                        + entry.formatted(2, 2, "Twice") + "],\"next\":2,\"ended\":false}");
        controlPlane.on(
                "GET /api/v1/runs/" + RUN + "/stream?step=write&after=2&limit=1000&waitSeconds=10",
                200,
                "{\"runId\":\"" + RUN + "\",\"items\":[],\"next\":2,\"ended\":true,\"state\":\"SUCCEEDED\"}");

        var run = run("runs", "stream", RUN, "--step", "write");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out().replace(" ", "")).isEqualTo("{\"text\":\"Once\"}\n{\"text\":\"Twice\"}\n");
        assertThat(run.err()).contains("-- attempt 2 of step write");
    }

    @Test
    void runsAreListedAsJson() {
        controlPlane.on("GET /api/v1/runs?limit=50", 200, "{\"items\":[" + DONE + "]}");

        assertThat(run("runs", "list", "-o", "json").out()).isEqualTo("""
                [
                  {
                    "runId" : "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d",
                    "workflow" : "order-fulfilment",
                    "version" : "5f0c1c6c7f4f5b2d",
                    "state" : "SUCCEEDED",
                    "compensated" : false,
                    "createdAt" : "2026-11-21T08:00:00.123Z",
                    "finishedAt" : "2026-11-21T08:00:00.165Z"
                  }
                ]
                """);
    }

    @Test
    void anEmptyListIsEmptyInEveryForm() {
        controlPlane.on("GET /api/v1/runs?limit=50", 200, "{\"items\":[]}");

        assertThat(run("runs", "list", "-o", "json").out()).isEqualTo("[ ]\n");
        assertThat(run("runs", "list", "-o", "ids").out()).isEmpty();
        assertThat(run("runs", "list")).isEqualTo(new CommandLineRun(ExitCode.OK, "", "No runs.\n"));
    }

    @Test
    void filtersAndPagesReachTheControlPlane() {
        controlPlane.on(
                "GET /api/v1/runs?workflow=order-fulfilment&state=FAILED&state=CANCELLED&from=2026-11-21T00%3A00%3A00Z&limit=2",
                200, "{\"items\":[" + DONE + "],\"nextCursor\":\"c1\"}");
        controlPlane.on(
                "GET /api/v1/runs?workflow=order-fulfilment&state=FAILED&state=CANCELLED&from=2026-11-21T00%3A00%3A00Z&cursor=c1&limit=1",
                200, "{\"items\":[" + FAILED + "],\"nextCursor\":\"c2\"}");

        var run = run(
                "runs",
                "list",
                "--workflow",
                "order-fulfilment",
                "--state",
                "FAILED,CANCELLED",
                "--from",
                "2026-11-21T00:00:00Z",
                "--limit",
                "2",
                "-o",
                "ids");

        assertThat(run).isEqualTo(new CommandLineRun(ExitCode.OK, RUN + "\n" + OTHER + "\n", ""));
    }

    @Test
    void aRunIsShownWithItsTasks() {
        controlPlane.on("GET /api/v1/runs/" + RUN, 200, """
                {"runId":"%s","workflow":"order-fulfilment","version":"5f0c1c6c7f4f5b2d3a8e","state":"FAILED",
                 "compensated":true,"createdAt":"2026-11-21T08:00:00Z","finishedAt":"2026-11-21T08:00:01.2Z",
                 "failure":{"code":"STEP_FAILED","step":"ship","message":"Nobody delivers there."},
                 "tasks":[
                  {"step":"charge","kind":"STEP","state":"SUCCEEDED","startedAt":"2026-11-21T08:00:00.100Z",
                   "finishedAt":"2026-11-21T08:00:00.400Z","output":{"cents":1780},
                   "attempts":[{"number":1,"state":"FAILED","offeredAt":"2026-11-21T08:00:00Z"},
                               {"number":2,"state":"SUCCEEDED","offeredAt":"2026-11-21T08:00:00Z"}]},
                  {"step":"ship","kind":"STEP","state":"FAILED","attempts":[{"number":1,"state":"FAILED",
                   "offeredAt":"2026-11-21T08:00:00Z"}],"failure":{"code":"STEP_FAILED","message":"Nobody delivers there."}},
                  {"step":"refund","kind":"COMPENSATION","state":"SUCCEEDED","attempts":[]}]}""".formatted(RUN));

        var run = run("runs", "get", RUN);

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualTo("""
                run        0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d
                workflow   order-fulfilment @ 5f0c1c6c7f4f
                state      FAILED (compensated)
                created    2026-11-21T08:00:00Z, took 1.2 s
                failure    STEP_FAILED: Nobody delivers there.

                TASK    STATE      ATTEMPTS    TOOK  FAILURE
                charge  SUCCEEDED         2  300 ms  -
                ship    FAILED            1       -  Nobody delivers there.
                refund  SUCCEEDED         0       -  -
                """);
    }

    @Test
    void whatARunAndItsTasksUsedIsShown() {
        controlPlane.on("GET /api/v1/runs/" + RUN, 200, """
                {"runId":"%s","workflow":"w","version":"v","state":"WAITING","compensated":false,
                "createdAt":"2026-11-21T08:00:00Z","usage":{"tokens":130,"pages":3},"tasks":[
                {"step":"first","kind":"STEP","state":"SUCCEEDED","attempts":[],"usage":{"tokens":130,"pages":3}},
                {"step":"second","kind":"STEP","state":"WAITING","attempts":[]}]}""".formatted(RUN));

        assertThat(run("runs", "get", RUN).out())
                .contains("used       pages 3, tokens 130", "FAILURE  USED", "-        pages 3, tokens 130");
    }

    @Test
    void aRunMayUseMoreWhenSomebodySaysSo() {
        controlPlane.on(
                "POST /api/v1/runs/" + RUN + "/budget",
                200,
                "{\"runId\":\"" + RUN + "\",\"budget\":\"tokens\",\"used\":130,\"limit\":500}");

        var run = run("runs", "budget", RUN, "tokens", "500", "--by", "ada");

        assertThat(run.out()).isEqualTo(RUN + "  may use 500 of tokens, and has used 130\n");
        assertThat(controlPlane.requests().get(0)).contains("\"limit\":500", "\"by\":\"ada\"");
        assertThat(run("runs", "budget", RUN, "tokens", "0").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aRunAsJsonIsWhatTheServerWroteDownToItsDigits() {
        controlPlane.on("GET /api/v1/runs/" + RUN, 200, """
                {"runId":"%s","fromANewerServer":[1,{"a":null}],"input":{"z":1.50,"a":12345678901234567890},"tasks":[]}""".formatted(RUN));

        assertThat(run("runs", "get", RUN, "-o", "json").out()).isEqualTo("""
                {
                  "runId": "%s",
                  "fromANewerServer": [
                    1,
                    {
                      "a": null
                    }
                  ],
                  "input": {
                    "z": 1.50,
                    "a": 12345678901234567890
                  },
                  "tasks": []
                }
                """.formatted(RUN));
    }

    @Test
    void aRunWhoseValuesAreNestedToTheLimitIsShownAsItCame() {
        var deep = "[".repeat(64) + "]".repeat(64);
        var body = "{\"runId\":\"" + RUN + "\",\"input\":" + deep + ",\"tasks\":[]}";
        controlPlane.on("GET /api/v1/runs/" + RUN, 200, body);

        assertThat(run("runs", "get", RUN, "-o", "json").out()).isEqualTo(body + "\n");
    }

    @ParameterizedTest
    @CsvSource({"SUCCEEDED,0", "FAILED,10", "CANCELLED,11", "TIMED_OUT,12", "RUNNING,7"})
    void waitingTellsTheEndOfTheRun(String state, int exitCode) {
        var summary = "{\"runId\":\"" + RUN + "\",\"state\":\"" + state + "\",\"compensated\":false";
        controlPlane.on("GET /api/v1/runs/" + RUN + "/result?waitSeconds=1", 200, summary + "}");
        controlPlane.on(
                "GET /api/v1/runs/" + RUN,
                200,
                summary + ",\"workflow\":\"w\",\"version\":\"v\",\"createdAt\":\"2026-11-21T08:00:00Z\",\"tasks\":[]}");

        assertThat(run("runs", "get", RUN, "--wait", "--timeout", "1ms").exitCode())
                .isEqualTo(exitCode);
        assertThat(controlPlane.requests().get(0)).endsWith("/result?waitSeconds=1");
    }

    @Test
    void aRunThatIsNotThereHasItsOwnExitCode() {
        controlPlane.refuse("GET /api/v1/runs/" + RUN, 404, "RUN_NOT_FOUND", "There is no run " + RUN + ".");

        assertThat(run("runs", "get", RUN))
                .isEqualTo(new CommandLineRun(
                        ExitCode.NOT_FOUND, "", "millrace: There is no run " + RUN + ". [RUN_NOT_FOUND]\n"));
    }

    @Test
    void whatIsNoIdIsAUsageError() {
        assertThat(run("runs", "get", "A-1042").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("runs", "cancel", "A-1042"))
                .isEqualTo(new CommandLineRun(
                        ExitCode.USAGE,
                        "",
                        "millrace: \"A-1042\" is no id of a run; it looks like 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d.\n"
                                + "See: millrace runs cancel --help\n"));
        assertThat(controlPlane.requests()).isEmpty();
    }

    @Test
    void everyRunIsTriedThoughOneCannotBeCancelled() {
        controlPlane.refuse("POST /api/v1/runs/" + OTHER + "/cancel", 409, "RUN_FINISHED", "The run has ended.");
        controlPlane.on(
                "POST /api/v1/runs/" + RUN + "/cancel", 202, "{\"runId\":\"" + RUN + "\",\"state\":\"RUNNING\"}");

        var run = run("runs", "cancel", OTHER, RUN, "--reason", "withdrawn");

        assertThat(run)
                .isEqualTo(new CommandLineRun(
                        ExitCode.CONFLICT, RUN + "  RUNNING\n", "millrace: The run has ended. [RUN_FINISHED]\n"));
        assertThat(controlPlane.requests()).last().asString().endsWith("/cancel {\"reason\":\"withdrawn\"}");
    }

    @Test
    void idsAreReadFromStandardInput() {
        controlPlane.on(
                "POST /api/v1/runs/" + RUN + "/cancel", 202, "{\"runId\":\"" + RUN + "\",\"state\":\"CANCELLED\"}");
        var stdin = System.in;
        System.setIn(new ByteArrayInputStream((RUN + "\n\n").getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(run("runs", "cancel", "-").out()).isEqualTo(RUN + "  CANCELLED\n");
        } finally {
            System.setIn(stdin);
        }
    }

    @Test
    void aRefusedTokenSaysWhereItCameFrom() {
        var run = CommandLineRun.of(
                directory, Map.of("MILLRACE_URL", controlPlane.url(), "MILLRACE_TOKEN", "mr_wrong"), "runs", "list");

        assertThat(run.exitCode()).isEqualTo(ExitCode.AUTH);
        assertThat(run.err())
                .contains("The token is unknown. [UNAUTHENTICATED]")
                .contains("MILLRACE_TOKEN");
    }

    @Test
    void aMissingTokenIsTold() {
        var run = CommandLineRun.of(directory, Map.of("MILLRACE_URL", controlPlane.url()), "runs", "list");

        assertThat(run.exitCode()).isEqualTo(ExitCode.AUTH);
        assertThat(run.err())
                .contains("There is no token for " + controlPlane.url())
                .contains("--token-file");
        assertThat(controlPlane.requests()).isEmpty();
    }

    @Test
    void withoutAnyControlPlaneTheFixIsTold() {
        var run = CommandLineRun.of(directory, Map.of(), "runs", "list");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("millrace dev").contains("MILLRACE_URL");
    }

    @Test
    void aControlPlaneThatDoesNotAnswerIsUnreachable() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        var run = CommandLineRun.of(
                directory,
                Map.of("MILLRACE_URL", "http://127.0.0.1:" + port, "MILLRACE_TOKEN", "mr_test"),
                "runs",
                "list");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("127.0.0.1:" + port).contains("millrace dev");
    }

    @Test
    void aWrongAddressIsAUsageError() {
        var run = run("runs", "list", "--url", "localhost:8080");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("\"localhost:8080\" is no address").contains("http://localhost:8080");
    }

    @Test
    void theLocalControlPlaneIsFoundFromAnywhereInTheProject() throws IOException {
        var data = Files.createDirectories(directory.resolve(".millrace"));
        Files.writeString(
                data.resolve("server.json"),
                "{\"http\":\"" + controlPlane.url() + "\",\"grpc\":\"127.0.0.1:1\",\"pid\":"
                        + ProcessHandle.current().pid() + "}");
        Files.writeString(data.resolve("token"), "mr_test\n");
        var inside = Files.createDirectories(directory.resolve("src/a directory"));
        controlPlane.on("GET /api/v1/runs?limit=50", 200, "{\"items\":[]}");

        assertThat(CommandLineRun.of(inside, Map.of(), "runs", "list"))
                .isEqualTo(new CommandLineRun(ExitCode.OK, "", "No runs.\n"));
    }

    @Test
    void theTokenMayComeFromAFile() throws IOException {
        var file = Files.writeString(directory.resolve("my token"), "mr_test\n");
        controlPlane.on("GET /api/v1/runs?limit=50", 200, "{\"items\":[]}");

        var run = CommandLineRun.of(
                directory, Map.of(), "runs", "list", "--url", controlPlane.url(), "--token-file", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    }

    @ParameterizedTest
    @CsvSource({"--limit,0", "--limit,10001", "--limit,many", "--state,DONE", "--from,yesterday", "-o,yaml"})
    void aValueThatCannotBeIsAUsageErrorThatNamesIt(String option, String value) {
        var run = run("runs", "list", option, value);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(value).contains("See: millrace runs list --help");
        assertThat(controlPlane.requests()).isEmpty();
    }

    private CommandLineRun run(String... arguments) {
        return CommandLineRun.of(
                directory, Map.of("MILLRACE_URL", controlPlane.url(), "MILLRACE_TOKEN", "mr_test"), arguments);
    }
}
