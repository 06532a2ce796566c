package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.triggers.cel.EventExpressions;
import dev.millrace.controlplane.triggers.events.NewEvent;
import dev.millrace.expression.EvaluationException;
import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import jakarta.inject.Singleton;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the event of a genuine delivery by the expressions of its webhook. Safe for use by several threads. */
@Singleton
final class Mapping {
    /** Label that says by which webhook an event came. */
    static final String WEBHOOK_LABEL = "millrace.webhook";

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int LONGEST_ID = 80;

    private final EventExpressions expressions;

    Mapping(EventExpressions expressions) {
        this.expressions = expressions;
    }

    /**
     * The body as a value: JSON, or a form as an object of texts.
     *
     * @throws ApiException when it is neither
     */
    static JsonValue body(byte[] body, String contentType) {
        if (contentType.startsWith(FORM)) {
            return form(new String(body, StandardCharsets.UTF_8));
        }
        try {
            return Json.read(body);
        } catch (InvalidJsonException e) {
            throw new ApiException(ErrorCode.named(e.code()), "The body is no JSON: " + e.getMessage());
        }
    }

    private static JsonValue form(String text) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (var pair : text.split("&")) {
            int equals = pair.indexOf('=');
            try {
                if (equals > 0) {
                    members.put(decoded(pair.substring(0, equals)), JsonValue.of(decoded(pair.substring(equals + 1))));
                }
            } catch (IllegalArgumentException e) {
                throw new ApiException(ErrorCode.BAD_REQUEST, "The body is no form: " + e.getMessage());
            }
        }
        return new JsonValue.Object(members);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /**
     * The event of a delivery.
     *
     * @param id by which the source names the delivery; empty when it does not
     * @throws ApiException when an expression has no value, or the event cannot be one
     */
    NewEvent event(Webhook webhook, JsonValue body, Map<String, List<String>> headers, Optional<String> id) {
        Map<String, JsonValue> labels = new LinkedHashMap<>();
        headers.forEach((name, values) -> labels.put(name, JsonValue.of(String.join(", ", values))));
        Map<String, JsonValue> variables =
                Map.of("event", body, "metadata", new JsonValue.Object(labels), "name", JsonValue.of(webhook.name()));
        try {
            var name = expressions.compile(webhook.eventName(), Purpose.KEY).key(variables);
            var data = webhook.eventData().isEmpty()
                    ? body
                    : expressions.compile(webhook.eventData(), Purpose.ANY).json(variables);
            var scope = webhook.eventScope().isEmpty()
                    ? ""
                    : expressions.compile(webhook.eventScope(), Purpose.KEY).key(variables);
            return new NewEvent(
                    id.map(text -> key(webhook, text)).orElse(""),
                    name,
                    scope,
                    Map.of(WEBHOOK_LABEL, webhook.name()),
                    Json.write(data).getBytes(StandardCharsets.UTF_8),
                    Optional.empty(),
                    "$");
        } catch (EvaluationException | InvalidExpressionException e) {
            throw new ApiException(
                    ErrorCode.EXPRESSION_FAILED,
                    "The delivery is genuine, but the webhook cannot make an event of it: " + e.getMessage());
        }
    }

    /** The same delivery of the same webhook is the same event. */
    private static String key(Webhook webhook, String id) {
        var name = id.length() <= LONGEST_ID && id.chars().noneMatch(Character::isISOControl)
                ? id
                : HexFormat.of().formatHex(Payloads.sha256(id.getBytes(StandardCharsets.UTF_8)));
        return "webhook:" + webhook.id() + ":" + name;
    }
}
