package dev.millrace.processor.schema;

import dev.millrace.manifest.JsonValue;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The Java types that are one JSON value without parts. */
final class ScalarSchemas {
    private static final Map<String, JsonValue> BY_NAME = all();

    private ScalarSchemas() {}

    /** The schema of a type by its qualified name; a primitive type is asked for by its box. */
    static Optional<JsonValue> of(String qualifiedName) {
        return Optional.ofNullable(BY_NAME.get(qualifiedName));
    }

    /** A schema with these members, given as a name, its value, and so on. */
    static JsonValue.Object object(Object... members) {
        var map = new LinkedHashMap<String, JsonValue>();
        for (int i = 0; i < members.length; i += 2) {
            var value = members[i + 1];
            map.put((String) members[i], value instanceof JsonValue json ? json : JsonValue.of((String) value));
        }
        return new JsonValue.Object(map);
    }

    private static Map<String, JsonValue> all() {
        var all = new HashMap<String, JsonValue>();
        all.put("java.lang.String", object("type", "string"));
        all.put(
                "java.lang.Character",
                object("type", "string", "minLength", JsonValue.of(1), "maxLength", JsonValue.of(1)));
        all.put("java.lang.Boolean", object("type", "boolean"));
        all.put("java.lang.Byte", integer(Byte.MIN_VALUE, Byte.MAX_VALUE));
        all.put("java.lang.Short", integer(Short.MIN_VALUE, Short.MAX_VALUE));
        all.put("java.lang.Integer", integer(Integer.MIN_VALUE, Integer.MAX_VALUE));
        all.put("java.lang.Long", integer(Long.MIN_VALUE, Long.MAX_VALUE));
        all.put("java.math.BigInteger", object("type", "integer"));
        all.put("java.lang.Float", object("type", "number"));
        all.put("java.lang.Double", object("type", "number"));
        all.put("java.math.BigDecimal", object("type", "number"));
        all.put("java.util.UUID", text("uuid"));
        all.put("java.net.URI", text("uri-reference"));
        all.put("java.net.URL", text("uri"));
        all.put("java.time.Instant", text("date-time"));
        all.put("java.time.OffsetDateTime", text("date-time"));
        all.put("java.time.LocalDate", text("date"));
        all.put("java.time.OffsetTime", text("time"));
        // With the zone after the offset, as in 2027-01-31T08:00+01:00[Europe/Berlin].
        all.put("java.time.ZonedDateTime", text("zoned-date-time"));
        // Without an offset these are no "time" or "date-time" in the sense of JSON Schema.
        all.put("java.time.LocalTime", text("local-time"));
        all.put("java.time.LocalDateTime", text("local-date-time"));
        all.put("java.time.Duration", text("duration"));
        all.put("java.time.Period", text("duration"));
        all.put("java.time.Year", object("type", "integer"));
        all.put("java.time.YearMonth", text("year-month"));
        all.put("java.time.MonthDay", text("month-day"));
        all.put("java.time.ZoneId", text("time-zone"));
        all.put("java.time.ZoneOffset", text("time-zone"));
        all.put("java.util.Currency", text("currency"));
        all.put("java.util.Locale", text("language"));
        // Jackson's tree: any JSON at all.
        all.put("com.fasterxml.jackson.databind.JsonNode", JsonValue.TRUE);
        all.put("com.fasterxml.jackson.databind.node.ObjectNode", object("type", "object"));
        all.put("com.fasterxml.jackson.databind.node.ArrayNode", object("type", "array"));
        return all;
    }

    private static JsonValue integer(long minimum, long maximum) {
        return object("type", "integer", "minimum", JsonValue.of(minimum), "maximum", JsonValue.of(maximum));
    }

    private static JsonValue text(String format) {
        return object("type", "string", "format", format);
    }
}
