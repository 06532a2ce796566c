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

class WebhooksCommandTest {
    private static final String ID = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
    private static final String WEBHOOK = "{\"webhookId\":\"" + ID + "\",\"name\":\"payments\",\"source\":\"STRIPE\","
            + "\"path\":\"/webhooks/" + ID + "\",\"secrets\":1,\"eventName\":\"'stripe.' + event.type\","
            + "\"ratePerMinute\":6000,\"enabled\":true,\"createdAt\":\"2026-11-21T08:00:00Z\","
            + "\"updatedAt\":\"2026-11-21T08:00:00Z\"}";

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

    private String file(String content) throws IOException {
        return Files.writeString(directory.resolve("secret.txt"), content).toString();
    }

    @Test
    void aWebhookIsMadeFromAPresetWithASecretFromAFile() throws IOException {
        controlPlane.on("POST /api/v1/webhooks", 201, WEBHOOK);

        var run = run(
                "webhooks",
                "create",
                "payments",
                "stripe",
                "--secret-file",
                file("whsec_1\n"),
                "--event-scope",
                "event.account");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("/webhooks/" + ID, "payments", "STRIPE").doesNotContain("whsec_1");
        assertThat(controlPlane.requests().get(0))
                .contains("\"name\":\"payments\"", "\"source\":\"STRIPE\"", "\"secrets\":[\"whsec_1\"]")
                .contains("\"eventScope\":\"event.account\"")
                .doesNotContain("algorithm", "ratePerMinute");
    }

    @Test
    void aSourceWithoutPresetSaysHowItSigns() throws IOException {
        controlPlane.on("POST /api/v1/webhooks", 201, WEBHOOK);

        var run = run(
                "webhooks",
                "create",
                "shop",
                "HMAC",
                "--secret-file",
                file("s"),
                "--header",
                "X-Signature",
                "--algorithm",
                "SHA512",
                "--rate",
                "60");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(controlPlane.requests().get(0))
                .contains("\"header\":\"X-Signature\"", "\"algorithm\":\"SHA512\"", "\"ratePerMinute\":60");
    }

    @Test
    void aSecretIsReplacedByTwoAndThenByTheNewOne() throws IOException {
        controlPlane.on("PATCH /api/v1/webhooks/" + ID, 200, WEBHOOK);

        assertThat(run("webhooks", "rotate", ID, "--secret-file", file("new\nold\n"))
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        assertThat(run("webhooks", "rotate", ID, "--secret-file", file("new")).exitCode())
                .isEqualTo(ExitCode.OK);

        assertThat(controlPlane.requests().get(0)).contains("{\"secrets\":[\"new\",\"old\"]}");
        assertThat(controlPlane.requests().get(1)).contains("{\"secrets\":[\"new\"]}");
        assertThat(run("webhooks", "rotate", ID, "--secret-file", file("\n\n")).exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("webhooks", "rotate", ID, "--secret-file", file("a\nb\nc"))
                        .err())
                .contains("3 lines");
        assertThat(run("webhooks", "rotate", ID).exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aWebhookIsListedSwitchedOffAndOn() {
        controlPlane.on("GET /api/v1/webhooks?limit=200", 200, "{\"items\":[" + WEBHOOK + "]}");
        controlPlane.on("PATCH /api/v1/webhooks/" + ID, 200, WEBHOOK.replace("true", "false"));

        assertThat(run("webhooks", "list").out()).contains(ID, "'stripe.' + event.type", "yes");
        assertThat(run("webhooks", "disable", ID).out()).contains("no");
        assertThat(run("webhooks", "enable", ID, "-o", "json").out()).contains("\"webhookId\"");

        assertThat(controlPlane.requests().get(1)).contains("{\"enabled\":false}");
        assertThat(controlPlane.requests().get(2)).contains("{\"enabled\":true}");
    }

    @Test
    void theReasonsOfRefusalsAreATable() {
        controlPlane.on(
                "GET /api/v1/webhooks/" + ID + "/failures",
                200,
                "{\"items\":[{\"at\":\"2026-11-21T08:00:00Z\",\"code\":\"SIGNATURE_WRONG\",\"message\":\"No match.\"}]}");

        assertThat(run("webhooks", "failures", ID).out())
                .contains("AT", "CODE", "WHY")
                .contains("2026-11-21T08:00:00Z", "SIGNATURE_WRONG", "No match.");
    }

    @Test
    void aWebhookIsDeletedOnlyByWhoSaysYes() {
        controlPlane.on("DELETE /api/v1/webhooks/" + ID, 204, "");

        var asked = run("webhooks", "delete", ID);
        assertThat(asked.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(asked.err()).contains("--yes", "disable");
        assertThat(controlPlane.requests()).isEmpty();

        assertThat(run("webhooks", "delete", ID, "--yes").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(controlPlane.requests()).hasSize(1);
        assertThat(run("webhooks").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("webhooks", "disable", "7").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
