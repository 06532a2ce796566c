package dev.millrace.controlplane.triggers.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhooksTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final String SECRET = "a secret of the test";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String name = "h" + UUID.randomUUID();

    private Answer create(String more) {
        var answer = PLANE.ask(
                "POST", "/api/v1/webhooks", "{\"name\":\"" + name + "\",\"secrets\":[\"" + SECRET + "\"]" + more + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer;
    }

    private static HttpResponse<String> deliver(Answer webhook, String body, String... headers) {
        return deliver(webhook.text("path"), body, headers);
    }

    private static HttpResponse<String> deliver(String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(PLANE.url() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .headers(headers);
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sign(String key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(sign(SECRET, text));
    }

    /** The data of the events of a name. */
    private static List<JsonValue> events(String event) {
        List<JsonValue> found = new ArrayList<>();
        var page = PLANE.ask("GET", "/api/v1/events?name=" + event, "");
        for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
            var id = ((JsonValue.Text) ((JsonValue.Object) item).members().get("eventId")).value();
            found.add(PLANE.ask("GET", "/api/v1/events/" + id, "")
                    .json()
                    .members()
                    .get("data"));
        }
        return found;
    }

    private static List<String> failures(Answer webhook) {
        List<String> codes = new ArrayList<>();
        var page = PLANE.ask("GET", "/api/v1/webhooks/" + webhook.text("webhookId") + "/failures", "");
        for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
            codes.add(((JsonValue.Text) ((JsonValue.Object) item).members().get("code")).value());
        }
        return codes;
    }

    @Test
    void aSignedDeliveryIsAnEventAndTheSameOneAgainIsTheSameEvent() {
        var webhook = create(",\"source\":\"GITHUB\",\"eventName\":\"name + '.' + metadata['x-github-event']\"");
        var body = "{\"ref\":\"main\", \"n\" : 1}";
        String[] headers = {
            "Content-Type",
            "application/json",
            "X-Hub-Signature-256",
            "sha256=" + hex(body),
            "X-GitHub-Event",
            "push",
            "X-GitHub-Delivery",
            "d-" + name
        };

        assertThat(deliver(webhook, body, headers).statusCode()).isEqualTo(200);
        assertThat(deliver(webhook, body, headers).statusCode()).isEqualTo(200);

        assertThat(events(name + ".push")).containsExactly(Json.read(body));
        assertThat(failures(webhook)).isEmpty();
    }

    @Test
    void aDeliveryThatProvesNothingIsRefusedWithoutAReasonAndListedWithOne() {
        var webhook = create(",\"source\":\"GITHUB\",\"eventName\":\"name\"");
        String[] wrong = {"Content-Type", "application/json", "X-Hub-Signature-256", "sha256=" + hex("other")};

        var answer = deliver(webhook, "{}", wrong);
        var unsigned = deliver(webhook, "{}", "Content-Type", "application/json");

        assertThat(answer.statusCode()).isEqualTo(401).isEqualTo(unsigned.statusCode());
        assertThat(answer.body()).contains("The delivery is not accepted.").doesNotContain("signature", name);
        assertThat(events(name)).isEmpty();
        assertThat(failures(webhook)).containsExactly("SIGNATURE_MISSING", "SIGNATURE_WRONG");
    }

    @Test
    void anOldDeliveryIsRefused() {
        var webhook = create(",\"source\":\"STRIPE\"");
        var body = "{\"id\":\"evt_1\",\"type\":\"" + name + "\"}";
        long old = Instant.now().getEpochSecond() - 3_600;

        var answer = deliver(
                webhook,
                body,
                "Content-Type",
                "application/json",
                "Stripe-Signature",
                "t=" + old + ",v1=" + hex(old + "." + body));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(failures(webhook)).containsExactly("SIGNATURE_EXPIRED");
    }

    @Test
    void stripeIsUnderstoodAsItIs() {
        var webhook = create(",\"source\":\"STRIPE\",\"eventData\":\"event.data\"");
        var body = "{\"id\":\"evt_" + name + "\",\"type\":\"" + name + "\",\"data\":{\"cents\":5}}";
        long now = Instant.now().getEpochSecond();
        String[] headers = {
            "Content-Type",
            "application/json; charset=utf-8",
            "Stripe-Signature",
            "t=" + now + ",v1=" + hex(now + "." + body)
        };

        assertThat(deliver(webhook, body, headers).statusCode()).isEqualTo(200);
        assertThat(deliver(webhook, body, headers).statusCode()).isEqualTo(200);
        assertThat(events("stripe." + name)).containsExactly(Json.read("{\"cents\":5}"));
    }

    @Test
    void slackHearsItsChallengeOnlyWhenItProvesToBeSlack() {
        var webhook = create(",\"source\":\"SLACK\"");
        var body =
                "{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P\"}";
        var now = Long.toString(Instant.now().getEpochSecond());
        String[] signed = {
            "Content-Type",
            "application/json",
            "X-Slack-Request-Timestamp",
            now,
            "X-Slack-Signature",
            "v0=" + hex("v0:" + now + ":" + body)
        };

        var answer = deliver(webhook, body, signed);
        var stranger = deliver(webhook, body, "Content-Type", "application/json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.body()).doesNotContain("3eZbrw1a");
    }

    @Test
    void aFormOfSlackIsAnObjectOfTexts() {
        var webhook = create(",\"source\":\"SLACK\",\"eventName\":\"name + '.' + event.text\"");
        var body = "command=%2Fdeploy&text=now&empty=";
        var now = Long.toString(Instant.now().getEpochSecond());

        var answer = deliver(
                webhook,
                body,
                "Content-Type",
                "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp",
                now,
                "X-Slack-Signature",
                "v0=" + hex("v0:" + now + ":" + body));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(events(name + ".now"))
                .containsExactly(Json.read("{\"command\":\"/deploy\",\"text\":\"now\",\"empty\":\"\"}"));
    }

    @Test
    void basicAndApiKeyProveTheSender() {
        var basic = create(",\"source\":\"BASIC\",\"user\":\"shop\"");
        var header = "Basic " + Base64.getEncoder().encodeToString(("shop:" + SECRET).getBytes(StandardCharsets.UTF_8));
        assertThat(deliver(basic, "{}", "Content-Type", "application/json", "Authorization", header)
                        .statusCode())
                .isEqualTo(200);
        assertThat(deliver(basic, "{}", "Content-Type", "application/json", "Authorization", "Basic c2hvcDpubw==")
                        .statusCode())
                .isEqualTo(401);
        assertThat(events(name)).hasSize(1);
        PLANE.ask("DELETE", "/api/v1/webhooks/" + basic.text("webhookId"), "");

        var key = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\"");
        assertThat(deliver(key, "{}", "Content-Type", "application/json", "X-Api-Key", SECRET)
                        .statusCode())
                .isEqualTo(200);
        assertThat(deliver(key, "{}", "Content-Type", "application/json", "X-Api-Key", "no")
                        .statusCode())
                .isEqualTo(401);
        assertThat(deliver(key, "{}", "Content-Type", "application/json").statusCode())
                .isEqualTo(401);
    }

    @Test
    void twoSecretsCountWhileOneTakesOverFromTheOther() {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\"");
        var path = "/api/v1/webhooks/" + webhook.text("webhookId");
        PLANE.ask("PATCH", path, "{\"secrets\":[\"the new secret\",\"" + SECRET + "\"]}");
        String[] old = {"Content-Type", "application/json", "X-Api-Key", SECRET};
        String[] fresh = {"Content-Type", "application/json", "X-Api-Key", "the new secret"};
        assertThat(deliver(webhook, "1", old).statusCode()).isEqualTo(200);
        assertThat(deliver(webhook, "2", fresh).statusCode()).isEqualTo(200);
        var changed = PLANE.ask("PATCH", path, "{\"secrets\":[\"the new secret\"]}");
        assertThat(changed.body()).contains("\"secrets\":1").doesNotContain("the new secret");
        assertThat(deliver(webhook, "3", old).statusCode()).isEqualTo(401);
        assertThat(PLANE.ask("GET", path, "").body()).doesNotContain("the new secret", SECRET);
    }

    @Test
    void whatIsSwitchedOffOrNotThereIsTheSame() {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\"");
        PLANE.ask("PATCH", "/api/v1/webhooks/" + webhook.text("webhookId"), "{\"enabled\":false}");
        String[] headers = {"Content-Type", "application/json", "X-Api-Key", SECRET};

        var off = deliver(webhook, "1", headers);
        var none = deliver("/webhooks/" + UUID.randomUUID(), "1", headers);
        var nonsense = deliver("/webhooks/x", "1", headers);

        assertThat(off.statusCode()).isEqualTo(404);
        assertThat(off.body()).isEqualTo(none.body()).isEqualTo(nonsense.body());
    }

    @Test
    void deliveriesBeyondTheRateAreRefused() {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\",\"ratePerMinute\":12");
        String[] headers = {"Content-Type", "application/json", "X-Api-Key", SECRET};
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statuses.add(deliver(webhook, "1", headers).statusCode());
        }
        assertThat(statuses).startsWith(200, 200).endsWith(429);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "application/json|{a}|400|INVALID_JSON",
                "application/json|{\"a\":1,\"a\":2}|400|DUPLICATE_KEY",
                "text/plain|{}|415|UNSUPPORTED_MEDIA_TYPE",
                "application/json|{}|422|EXPRESSION_FAILED",
                "application/json|{\"kind\":\"a b\"}|400|FIELD_INVALID",
                "application/json|{\"kind\":7.5}|422|EXPRESSION_FAILED",
            })
    void aGenuineDeliveryThatIsNoEventIsRefusedAndListed(String type, String body, int status, String code) {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\",\"eventName\":\"event.kind\"");

        var answer = deliver(webhook, body, "Content-Type", type, "X-Api-Key", SECRET);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).doesNotContain(body.equals("{}") ? name : body);
        assertThat(failures(webhook)).containsExactly(code);
    }

    @Test
    void whatIsTooLargeOrPackedIsRefusedBeforeItIsRead() throws IOException {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\"");
        String[] headers = {"Content-Type", "application/json", "X-Api-Key", SECRET};
        assertThat(deliver(webhook, "\"" + "x".repeat(300_000) + "\"", headers).statusCode())
                .isEqualTo(413);
        assertThat(deliver(
                                webhook,
                                "{}",
                                "Content-Type",
                                "application/json",
                                "X-Api-Key",
                                SECRET,
                                "Content-Encoding",
                                "gzip")
                        .statusCode())
                // The server unpacks it on the way in, and then its length is not known.
                .isIn(411, 415);
        assertThat(unread(webhook, "Content-Length: 100000000")).contains("413");
        assertThat(unread(webhook, "Transfer-Encoding: chunked")).contains("411");
    }

    @Test
    void tenThousandHeadersAreRefusedAndHurtNobody() throws IOException {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\"");
        var headers = new StringBuilder("Content-Length: 2");
        for (int i = 0; i < 10_000; i++) {
            headers.append("\r\nX-").append(i).append(": v");
        }

        assertThat(unread(webhook, headers.toString())).startsWith("HTTP/1.1 4");

        assertThat(failures(webhook)).isEmpty();
        assertThat(deliver(webhook, "{}", "Content-Type", "application/json", "X-Api-Key", SECRET)
                        .statusCode())
                .isEqualTo(200);
    }

    /** The answer to a request whose body never comes. */
    private static String unread(Answer webhook, String header) throws IOException {
        try (var socket = new Socket(PLANE.url().getHost(), PLANE.url().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("POST " + webhook.text("path")
                                    + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + header
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var buffer = new byte[200];
            int read = socket.getInputStream().read(buffer);
            return new String(buffer, 0, Math.max(0, read), StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ",\"source\":\"GITHUB\",\"secrets\":[\"short\"]|FIELD_INVALID|$.secrets[0]",
                ",\"source\":\"SVIX\",\"secrets\":[\"whsec_not base64!\"]|FIELD_INVALID|$.secrets[0]",
                ",\"source\":\"HMAC\",\"secrets\":[\"long enough\"]|FIELD_INVALID|$.header",
                ",\"source\":\"GITHUB\",\"header\":\"X\",\"secrets\":[\"long enough\"]|FIELD_INVALID|$.header",
                ",\"source\":\"BASIC\",\"secrets\":[\"long enough\"]|FIELD_INVALID|$.user",
                ",\"source\":\"API_KEY\",\"header\":\"a b\",\"secrets\":[\"long enough\"]|FIELD_INVALID|$.header",
                ",\"source\":\"GITHUB\",\"eventName\":\"evnt.x\",\"secrets\":[\"long enough\"]|EXPRESSION_INVALID|column 1",
                ",\"source\":\"GITHUB\",\"eventScope\":\"1.5\",\"secrets\":[\"long enough\"]|EXPRESSION_INVALID|$.eventScope",
            })
    void aWebhookThatCannotWorkIsRefusedWithoutItsSecret(String more, String code, String said) {
        var answer = PLANE.ask("POST", "/api/v1/webhooks", "{\"name\":\"" + name + "\"" + more + "}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.text("detail")).contains(said).doesNotContain("long enough", "not base64", "short");
    }

    @Test
    void onlyTheLastHundredRefusalsAreKept() {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\"");
        for (int i = 0; i < 110; i++) {
            deliver(webhook, "1", "Content-Type", "application/json");
        }
        assertThat(failures(webhook)).hasSize(WebhookRows.MAX_FAILURES);
    }

    @Test
    void secretsAreSealedInTheDatabaseAndThoseThatAreNotAreSealedAtTheNextStart() throws SQLException {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\"");
        var id = UUID.fromString(webhook.text("webhookId"));
        assertThat(stored(id)).startsWith("s1.").doesNotContain(SECRET);

        store(id, SECRET);
        PLANE.context().getBean(SealedAnew.class).seal();

        assertThat(stored(id)).startsWith("s1.").doesNotContain(SECRET);
        assertThat(deliver(webhook, "1", "Content-Type", "application/json", "X-Api-Key", SECRET)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aSecretThatWasSealedWithAKeyThatIsGoneMakesTheSenderComeAgain() throws SQLException {
        var webhook = create(",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\"");
        var id = UUID.fromString(webhook.text("webhookId"));
        store(id, "s1.00000000." + "A".repeat(60));

        assertThat(deliver(webhook, "1", "Content-Type", "application/json", "X-Api-Key", SECRET)
                        .statusCode())
                .isEqualTo(503);
        assertThat(failures(webhook)).containsExactly("SECRETS_KEY_MISSING");
    }

    private static String stored(UUID webhook) throws SQLException {
        try (var connection = PLANE.owner().getConnection();
                var statement =
                        connection.prepareStatement("SELECT secrets[1] FROM core.webhook WHERE webhook_id = ?")) {
            statement.setObject(1, webhook);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    private static void store(UUID webhook, String secret) throws SQLException {
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.prepareStatement(
                        "UPDATE core.webhook SET secrets = ARRAY[?] WHERE webhook_id = ?")) {
            statement.setString(1, secret);
            statement.setObject(2, webhook);
            statement.executeUpdate();
        }
    }
}
