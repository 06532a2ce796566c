package dev.millrace.cli.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CannedControlPlane;
import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulingCommandsTest {
    private static final String WORKER = "0198c0de-0000-7000-8000-000000000001";

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

    private static String worker(String state, int taken) {
        return ("{\"workerId\":\"%s\",\"name\":\"w\",\"state\":\"%s\",\"slots\":4,\"slotsTaken\":%d,\"labels\":{},"
                        + "\"versions\":[]}")
                .formatted(WORKER, state, taken);
    }

    @Test
    void limitsAreListedWithWhatHoldsWhatIsDeclaredAndWhoWaits() {
        controlPlane.on("GET /api/v1/limits", 200, """
                {"items":[{"kind":"CONCURRENCY","name":"desk","declared":{"limit":1},"effective":{"limit":3},
                "keys":[{"taken":3,"waiting":7}]},
                {"kind":"RATE","name":"api","effective":{"limit":5,"per":"1m","burst":2},"keys":[]}]}""");

        var run = run("limits", "list");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
                .containsExactly(
                        "KIND NAME KEY LIMIT DECLARED TAKEN WAITING",
                        "CONCURRENCY desk 3 1 3 7",
                        "RATE api 5 per 1m, burst 2 - 0 0");
    }

    @Test
    void aLimitIsSetAndReset() {
        controlPlane.on("PUT /api/v1/limits", 204, "");
        controlPlane.on("DELETE /api/v1/limits/rate/api", 204, "");

        assertThat(run("limits", "set", "desk", "5").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run("limits", "set", "api", "100", "--per", "1m", "--burst", "20")
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        assertThat(run("limits", "reset", "api", "--rate").exitCode()).isEqualTo(ExitCode.OK);

        assertThat(controlPlane.requests().get(0))
                .contains("\"kind\":\"CONCURRENCY\"", "\"name\":\"desk\"", "\"limit\":5");
        assertThat(controlPlane.requests().get(1)).contains("\"kind\":\"RATE\"", "\"per\":\"1m\"", "\"burst\":20");
    }

    @Test
    void aWorkflowIsPausedAndResumed() {
        controlPlane.on("POST /api/v1/workflows/orders/pause", 200, "{\"workflow\":\"orders\",\"paused\":true}");
        controlPlane.on("POST /api/v1/workflows/orders/resume", 200, "{\"workflow\":\"orders\",\"paused\":false}");

        assertThat(run("workflows", "pause", "orders").out()).isEqualTo("orders is paused.\n");
        assertThat(run("workflows", "resume", "orders").out()).isEqualTo("orders goes on.\n");
    }

    @Test
    void aWorkerIsDrainedWhenItHasLeft() {
        controlPlane.on("POST /api/v1/workers/" + WORKER + "/drain", 200, worker("DRAINING", 1));
        controlPlane.on("GET /api/v1/workers", 200, "{\"items\":[]}");

        assertThat(run("workers", "drain", WORKER).out()).isEqualTo(WORKER + "  has left\n");
    }

    @Test
    void aDrainThatTakesTooLongSaysSo() {
        controlPlane.on("POST /api/v1/workers/" + WORKER + "/drain", 200, worker("DRAINING", 1));
        controlPlane.on("GET /api/v1/workers", 200, "{\"items\":[" + worker("DRAINING", 1) + "]}");

        assertThat(run("workers", "drain", WORKER, "--timeout", "1ms").exitCode())
                .isEqualTo(ExitCode.WAIT_OVER);
        assertThat(run("workers", "list").out()).contains(WORKER, "DRAINING");
    }

    @Test
    void aGroupWithoutACommandNamesThoseThereAre() {
        assertThat(run("limits").err()).contains("Commands: list, reset, set");
        assertThat(run("workers").err()).contains("Commands: drain, list, pause, resume");
        assertThat(run("workflows").err()).contains("Commands: pause, resume");
    }

    @Test
    void whatWasUsedIsToldByWhateverItIsAskedFor() {
        controlPlane.on(
                "GET /api/v1/usage?from=2026-11-20T09%3A00%3A00Z&to=2026-11-21T09%3A00%3A00Z&groupBy=WORKFLOW",
                200, """
                {"from":"2026-11-20T09:00:00Z","to":"2026-11-21T09:00:00Z","isAll":false,"items":[
                {"name":"openai.tokens","amount":48200,"workflow":"research"},
                {"name":"","amount":7,"workflow":"research"}]}""");

        var run =
                run("usage", "--by", "workflow", "--since", "2026-11-20T09:00:00Z", "--until", "2026-11-21T09:00:00Z");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
                .containsExactly("WORKFLOW NAME AMOUNT", "research openai.tokens 48,200", "research (others) 7");
        assertThat(run.err()).contains("From 2026-11-20T09:00:00Z to 2026-11-21T09:00:00Z", "There are more.");
    }
}
