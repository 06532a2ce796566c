package dev.millrace.worker.durable;

import dev.millrace.Escalation;
import dev.millrace.TypeRef;
import dev.millrace.Where;
import dev.millrace.codec.Codec;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;

/** Says as JSON what a step waits for, so that the control plane can find it. */
record Asks(Codec codec) {
    private static final int MOST_BYTES = 64 << 10;

    /** The condition and its values, which never become part of its text. */
    byte[] event(Where where) {
        var values = new LinkedHashMap<String, JsonValue>();
        where.values().forEach((name, value) -> values.put(name, value(value)));
        var members = new LinkedHashMap<String, JsonValue>();
        members.put("where", JsonValue.of(where.expression()));
        members.put("values", new JsonValue.Object(values));
        return json(members);
    }

    /** Whom, and what an answer looks like. */
    byte[] approval(String role, Class<?> type, Duration timeout, Optional<Escalation> escalation) {
        var members = new LinkedHashMap<String, JsonValue>();
        members.put("role", JsonValue.of(role));
        members.put("schema", Forms.of(type));
        escalation.ifPresent(then -> members.put("escalate", escalate(then, timeout)));
        return json(members);
    }

    /** By how much is left then: when the time is up is known wherever the approval is. */
    private static JsonValue escalate(Escalation then, Duration timeout) {
        var left = timeout.minus(then.after());
        if (left.isNegative() || left.isZero()) {
            throw new IllegalArgumentException("An approval of " + timeout + " cannot be escalated to '" + then.to()
                    + "' after " + then.after() + ": its time is up then. Give it more time, or escalate earlier.");
        }
        var members = new LinkedHashMap<String, JsonValue>();
        members.put("to", JsonValue.of(then.to()));
        members.put("leftMillis", JsonValue.of(left.toMillis()));
        return new JsonValue.Object(members);
    }

    private JsonValue value(Object value) {
        return Json.read(codec.write(value, TypeRef.of(value.getClass())));
    }

    private static byte[] json(LinkedHashMap<String, JsonValue> members) {
        byte[] json = Json.canonical(new JsonValue.Object(members)).getBytes(StandardCharsets.UTF_8);
        if (json.length > MOST_BYTES) {
            throw new IllegalArgumentException("What a step waits for may take " + MOST_BYTES
                    + " bytes, but this takes " + json.length + ". Compare with an id instead of with the whole.");
        }
        return json;
    }
}
