package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.triggers.webhooks.signature.Algorithm;
import dev.millrace.controlplane.triggers.webhooks.signature.ApiKeyScheme;
import dev.millrace.controlplane.triggers.webhooks.signature.BasicScheme;
import dev.millrace.controlplane.triggers.webhooks.signature.Encoding;
import dev.millrace.controlplane.triggers.webhooks.signature.HmacScheme;
import dev.millrace.controlplane.triggers.webhooks.signature.LinearScheme;
import dev.millrace.controlplane.triggers.webhooks.signature.Scheme;
import dev.millrace.controlplane.triggers.webhooks.signature.SlackScheme;
import dev.millrace.controlplane.triggers.webhooks.signature.StandardScheme;
import dev.millrace.controlplane.triggers.webhooks.signature.StripeScheme;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Who delivers, and so how a delivery is proved and what its event is called unless the webhook says otherwise. */
enum WebhookSource {
    STRIPE("'stripe.' + event.type"),
    GITHUB("'github.' + metadata['x-github-event']"),
    SLACK("has(event.event) ? 'slack.' + event.event.type : 'slack.' + (has(event.command) ? 'command' : event.type)"),
    LINEAR("'linear.' + event.type + '.' + event.action"),
    SVIX("name + '.' + event.type"),
    STANDARD("name + '.' + event.type"),
    HMAC("name"),
    BASIC("name"),
    API_KEY("name");

    private final String eventName;

    WebhookSource(String eventName) {
        this.eventName = eventName;
    }

    /** CEL of the name of its events. */
    String eventName() {
        return eventName;
    }

    /**
     * What a source without a preset needs to know; empty texts where it needs nothing.
     *
     * @param header that carries the signature or the key
     * @param user of basic authentication
     */
    record Details(
            String header,
            String prefix,
            Algorithm algorithm,
            Encoding encoding,
            String timestampHeader,
            String idHeader,
            String user) {
        static final Details NONE = new Details("", "", Algorithm.SHA256, Encoding.HEX, "", "", "");

        byte[] bytes() {
            Map<String, JsonValue> members = new LinkedHashMap<>();
            members.put("header", JsonValue.of(header));
            members.put("prefix", JsonValue.of(prefix));
            members.put("algorithm", JsonValue.of(algorithm.name()));
            members.put("encoding", JsonValue.of(encoding.name()));
            members.put("timestampHeader", JsonValue.of(timestampHeader));
            members.put("idHeader", JsonValue.of(idHeader));
            members.put("user", JsonValue.of(user));
            return Json.write(new JsonValue.Object(members)).getBytes(StandardCharsets.UTF_8);
        }

        static Details read(byte[] bytes) {
            var members = ((JsonValue.Object) Json.read(bytes)).members();
            return new Details(
                    text(members, "header"),
                    text(members, "prefix"),
                    Algorithm.valueOf(text(members, "algorithm")),
                    Encoding.valueOf(text(members, "encoding")),
                    text(members, "timestampHeader"),
                    text(members, "idHeader"),
                    text(members, "user"));
        }

        private static String text(Map<String, JsonValue> members, String name) {
            return ((JsonValue.Text) members.get(name)).value();
        }
    }

    /** How its deliveries are checked. */
    Scheme scheme(Details details) {
        return switch (this) {
            case STRIPE -> new StripeScheme();
            case GITHUB -> HmacScheme.gitHub();
            case SLACK -> new SlackScheme();
            case LINEAR -> new LinearScheme();
            case SVIX -> StandardScheme.svix();
            case STANDARD -> StandardScheme.standard();
            case HMAC ->
                new HmacScheme(
                        details.header(),
                        details.prefix(),
                        details.algorithm(),
                        details.encoding(),
                        details.timestampHeader(),
                        details.idHeader());
            case BASIC -> new BasicScheme(details.user());
            case API_KEY -> new ApiKeyScheme(details.header());
        };
    }

    /** The word in the database. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static WebhookSource ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
