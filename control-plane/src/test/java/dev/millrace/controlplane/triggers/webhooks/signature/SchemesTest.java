package dev.millrace.controlplane.triggers.webhooks.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Genuine;
import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Reason;
import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemesTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final String SECRET = "correct horse battery staple";

    /** One genuine delivery of a provider. */
    private record Example(
            String name,
            Scheme scheme,
            String secret,
            String body,
            Map<String, String> headers,
            Instant at,
            String id) {
        Verdict check(List<String> secrets) {
            return check(body, headers, at, secrets);
        }

        Verdict check(String body, Map<String, String> headers, Instant at, List<String> secrets) {
            var all = new HashMap<String, List<String>>();
            headers.forEach((header, value) -> all.put(header, List.of(value)));
            return scheme.check(new Delivery(body.getBytes(StandardCharsets.UTF_8), all, at), secrets);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The first three are the examples that the providers publish; the signatures of the rest are made here, by the rule they publish. */
    static Stream<Example> examples() {
        var slackForm = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
                + "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
                + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
                + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        var seconds = String.valueOf(NOW.getEpochSecond());
        var stripe = "{\"id\":\"evt_1\",\"type\":\"charge.succeeded\"}";
        var linear = "{\"action\":\"create\",\"webhookTimestamp\":" + NOW.toEpochMilli() + "}";
        return Stream.of(
                new Example(
                        "GitHub",
                        HmacScheme.gitHub(),
                        "It's a Secret to Everybody",
                        "Hello, World!",
                        Map.of(
                                "X-Hub-Signature-256",
                                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
                                "X-GitHub-Delivery",
                                "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
                        NOW,
                        "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
                new Example(
                        "Slack, a command",
                        new SlackScheme(),
                        "8f742231b10e8888abcd99yyyzzz85a5",
                        slackForm,
                        Map.of(
                                "X-Slack-Signature",
                                "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
                                "X-Slack-Request-Timestamp",
                                "1531420618"),
                        Instant.ofEpochSecond(1531420618),
                        ""),
                new Example(
                        "Svix",
                        StandardScheme.svix(),
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "{\"test\": 2432232314}",
                        Map.of(
                                "svix-id",
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                "svix-timestamp",
                                "1614265330",
                                "svix-signature",
                                "v2,abc v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
                        Instant.ofEpochSecond(1614265330),
                        "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                new Example(
                        "Standard Webhooks",
                        StandardScheme.standard(),
                        "whsec_" + base64("a key"),
                        "{}",
                        Map.of(
                                "webhook-id",
                                "m1",
                                "webhook-timestamp",
                                seconds,
                                "webhook-signature",
                                "v1," + base64(Algorithm.SHA256, "a key", "m1." + seconds + ".{}")),
                        NOW,
                        "m1"),
                new Example(
                        "Slack, an event",
                        new SlackScheme(),
                        SECRET,
                        "{\"event_id\":\"Ev1\"}",
                        Map.of(
                                "X-Slack-Signature",
                                "v0=" + hex(Algorithm.SHA256, SECRET, "v0:" + seconds + ":{\"event_id\":\"Ev1\"}"),
                                "X-Slack-Request-Timestamp",
                                seconds),
                        NOW,
                        "Ev1"),
                new Example(
                        "Stripe, while a secret is rolled",
                        new StripeScheme(),
                        SECRET,
                        stripe,
                        Map.of(
                                "Stripe-Signature",
                                "t=" + seconds + ",v1=" + hex(Algorithm.SHA256, "new", seconds + "." + stripe) + ",v1="
                                        + hex(Algorithm.SHA256, SECRET, seconds + "." + stripe) + ",v0=6ffbb59b"),
                        NOW,
                        "evt_1"),
                new Example(
                        "Linear",
                        new LinearScheme(),
                        SECRET,
                        linear,
                        Map.of("Linear-Signature", hex(Algorithm.SHA256, SECRET, linear), "Linear-Delivery", "d-1"),
                        NOW,
                        "d-1"),
                new Example(
                        "HMAC with an age",
                        new HmacScheme("X-Sign", "", Algorithm.SHA512, Encoding.BASE64, "X-Time", "X-Id"),
                        SECRET,
                        "body",
                        Map.of(
                                "X-Sign",
                                base64(Algorithm.SHA512, SECRET, seconds + ".body"),
                                "X-Time",
                                seconds,
                                "X-Id",
                                "7"),
                        NOW,
                        "7"),
                new Example(
                        "name and password",
                        new BasicScheme("ann"),
                        SECRET,
                        "body",
                        Map.of("Authorization", "Basic " + base64("ann:" + SECRET)),
                        NOW,
                        ""),
                new Example("API key", new ApiKeyScheme("X-Key"), SECRET, "body", Map.of("X-Key", SECRET), NOW, ""));
    }

    static Stream<Example> signedBodies() {
        return examples()
                .filter(example ->
                        !(example.scheme() instanceof BasicScheme) && !(example.scheme() instanceof ApiKeyScheme));
    }

    static Stream<Example> agedDeliveries() {
        return signedBodies().filter(example -> !example.name().equals("GitHub"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aGenuineDeliveryIsBelievedAndNamed(Example example) {
        assertThat(example.check(List.of(example.secret())))
                .isEqualTo(new Genuine(Optional.of(example.id()).filter(id -> !id.isEmpty())));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anyOfTheSecretsThatCountWillDo(Example example) {
        var other = example.scheme() instanceof StandardScheme ? "whsec_" + base64("other") : "other";

        assertThat(example.check(List.of(other, example.secret()))).isInstanceOf(Genuine.class);
        assertThat(reason(example.check(List.of(other)))).isEqualTo(Reason.WRONG);
        assertThat(reason(example.check(List.of()))).isEqualTo(Reason.WRONG);
    }

    @ParameterizedTest
    @MethodSource("signedBodies")
    void aChangedBodyIsRefused(Example example) {
        var verdict = example.check(example.body() + " ", example.headers(), example.at(), List.of(example.secret()));

        assertThat(reason(verdict)).isEqualTo(Reason.WRONG);
    }

    @ParameterizedTest
    @MethodSource("agedDeliveries")
    void anOldDeliveryAndOneOfTomorrowAreRefused(Example example) {
        var secrets = List.of(example.secret());
        var late = example.at().plus(Duration.ofSeconds(301));
        var early = example.at().minus(Duration.ofSeconds(301));

        assertThat(reason(example.check(example.body(), example.headers(), late, secrets)))
                .isEqualTo(Reason.EXPIRED);
        assertThat(reason(example.check(example.body(), example.headers(), early, secrets)))
                .isEqualTo(Reason.IN_FUTURE);
        assertThat(example.check(example.body(), example.headers(), example.at().plusSeconds(60), secrets))
                .isInstanceOf(Genuine.class);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyHeaderThatIsSignedIsNeededAndReadOnce(Example example) {
        for (var header : example.headers().keySet()) {
            if (header.endsWith("-Delivery") || header.equals("X-Id")) {
                continue; // names the delivery, proves nothing
            }
            var headers = new HashMap<>(example.headers());
            headers.remove(header);
            assertThat(reason(example.check(example.body(), headers, example.at(), List.of(example.secret()))))
                    .isEqualTo(Reason.MISSING);
            var twice = new HashMap<String, List<String>>();
            example.headers().forEach((name, value) -> twice.put(name, List.of(value)));
            twice.put(header, List.of(example.headers().get(header), "x"));
            var body = example.body().getBytes(StandardCharsets.UTF_8);
            assertThat(reason(
                            example.scheme().check(new Delivery(body, twice, example.at()), List.of(example.secret()))))
                    .isEqualTo(Reason.MISSING);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void rubbishInAHeaderIsRefusedAndNotRepeated(Example example) {
        for (var header : example.headers().keySet()) {
            if (header.endsWith("-Delivery") || header.equals("X-Id") || header.endsWith("-id")) {
                continue;
            }
            var headers = new HashMap<>(example.headers());
            headers.put(header, "Rübbish\u0000,=");
            var verdict = example.check(example.body(), headers, example.at(), List.of(example.secret()));
            assertThat(verdict).isInstanceOf(Refused.class);
            assertThat(((Refused) verdict).message()).doesNotContain("bbish").doesNotContain(example.secret());
        }
    }

    @Test
    void everyAlgorithmAndEncodingOfTheGenericSchemeWorks() {
        for (var algorithm : Algorithm.values()) {
            for (var encoding : Encoding.values()) {
                var signature = algorithm.sign(bytes(SECRET), bytes("body"));
                var text = switch (encoding) {
                    case HEX -> HexFormat.of().withUpperCase().formatHex(signature);
                    case BASE64 -> Base64.getEncoder().encodeToString(signature);
                    case BASE64URL -> Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
                };
                var scheme = new HmacScheme("X-Sign", "s=", algorithm, encoding, "", "");
                var delivery = new Delivery(bytes("body"), Map.of("x-sign", List.of("s=" + text)), NOW);

                assertThat(scheme.check(delivery, List.of(SECRET)))
                        .as("%s in %s", algorithm, encoding)
                        .isEqualTo(new Genuine(Optional.empty()));
            }
        }
    }

    @Test
    void secretsThatProveNothingAreRefused() {
        assertThatThrownBy(() -> StandardScheme.standard().requireSecret("whsec_no/base-64!"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Base64")
                .hasMessageNotContaining("no/base");
        assertThatThrownBy(() -> new SlackScheme().requireSecret(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not be empty");
    }

    private static Reason reason(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Refused.class);
        return ((Refused) verdict).reason();
    }

    private static String hex(Algorithm algorithm, String secret, String text) {
        return HexFormat.of().formatHex(algorithm.sign(bytes(secret), bytes(text)));
    }

    private static String base64(Algorithm algorithm, String secret, String text) {
        return Base64.getEncoder().encodeToString(algorithm.sign(bytes(secret), bytes(text)));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
