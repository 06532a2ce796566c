package dev.millrace.cli.approvals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CannedControlPlane;
import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalsCommandTest {
    private static final String RUN = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
    private static final String APPROVAL = "{\"approvalId\":\"AaBb\",\"runId\":\"" + RUN
            + "\",\"workflow\":\"review\",\"role\":\"editor\",\"schema\":{\"type\":\"boolean\"},"
            + "\"expiresAt\":\"2026-11-22T01:00:00Z\",\"claimedBy\":\"ada\"}";

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
    void whatIsAskedIsListed() {
        var page = "{\"items\":[" + APPROVAL + "]}";
        controlPlane.on("GET /api/v1/approvals?role=editor&limit=200", 200, page);
        controlPlane.on("GET /api/v1/approvals?limit=200", 200, page);
        var listed = run("approvals", "list", "--role", "editor");
        assertThat(listed.exitCode()).as(listed.err()).isEqualTo(ExitCode.OK);
        assertThat(listed.out()).contains("AaBb", "editor", "review", RUN, "ada");
        assertThat(run("approvals", "list", "-o", "json").out()).contains("\"approvalId\" : \"AaBb\"");
    }

    @Test
    void anApprovalIsAnswered() {
        controlPlane.on("POST /api/v1/approvals/AaBb/answer", 200, APPROVAL);
        var answered = run("approvals", "answer", "AaBb", "--answer", "true", "--by", "ada");
        assertThat(answered.exitCode()).as(answered.err()).isEqualTo(ExitCode.OK);
        assertThat(controlPlane.requests().get(0)).contains("\"answer\":true", "\"by\":\"ada\"");
        assertThat(run("approvals", "answer", "AaBb").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("approvals", "answer", "AaBb", "--answer", "{").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("approvals").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aSignalIsSent() {
        controlPlane.on(
                "POST /api/v1/runs/" + RUN + "/signals/paid",
                202,
                "{\"runId\":\"" + RUN + "\",\"name\":\"paid\",\"requestId\":\"p-1\",\"duplicate\":false}");
        var sent = run("runs", "signal", RUN, "paid", "--data", "{\"cents\":5}", "--request-id", "p-1");
        assertThat(sent.exitCode()).as(sent.err()).isEqualTo(ExitCode.OK);
        assertThat(sent.out()).isEqualTo(RUN + "  paid  sent\n");
        assertThat(controlPlane.requests().get(0)).contains("\"data\":{\"cents\":5}", "\"requestId\":\"p-1\"");
        assertThat(run("runs", "signal", RUN, "paid").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aRequestIsSentAndItsAnswerShown() {
        controlPlane.on("POST /api/v1/runs/" + RUN + "/requests/quote?waitSeconds=60", 200, answer(true));
        var asked = run("runs", "request", RUN, "quote", "{\"pages\":3}", "--request-id", "q-1");
        assertThat(asked.exitCode()).as(asked.err()).isEqualTo(ExitCode.OK);
        assertThat(asked.out()).isEqualTo("{\"cents\":15}\n");
        assertThat(controlPlane.requests().get(0)).contains("\"data\":{\"pages\":3}", "\"requestId\":\"q-1\"");
        assertThat(run("runs", "request", RUN, "quote").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("runs", "request", RUN, "quote", "{").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aRequestThatIsNotAnsweredInTimeSaysHowToAskAgain() {
        controlPlane.on("POST /api/v1/runs/" + RUN + "/requests/quote?waitSeconds=0", 202, answer(false));
        var asked = run("runs", "request", RUN, "quote", "3", "--request-id", "q-1", "--timeout", "0s");
        assertThat(asked.exitCode()).as(asked.err()).isEqualTo(ExitCode.WAIT_OVER);
        assertThat(asked.out()).contains("no answer in 0 s; ask again with --request-id q-1");
    }

    private static String answer(boolean answered) {
        return "{\"runId\":\"" + RUN + "\",\"name\":\"quote\",\"requestId\":\"q-1\",\"answered\":" + answered
                + (answered ? ",\"answer\":{\"cents\":15}}" : "}");
    }

    @Test
    void whatARunShowsOfItselfIsTold() {
        controlPlane.on(
                "GET /api/v1/runs/" + RUN + "/state",
                200,
                "{\"runId\":\"" + RUN + "\",\"items\":[{\"step\":\"travel\",\"element\":0,\"state\":{\"stage\":3},"
                        + "\"at\":\"2026-11-22T01:00:00Z\"}]}");
        var shown = run("runs", "state", RUN);
        assertThat(shown.exitCode()).as(shown.err()).isEqualTo(ExitCode.OK);
        assertThat(shown.out()).contains("travel", "{\"stage\":3}", "2026-11-22T01:00:00Z");
        assertThat(run("runs", "state", RUN, "-o", "json").out()).contains("\"stage\"");
    }
}
