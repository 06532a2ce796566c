package dev.millrace.expression;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelUnknownSet;
import dev.millrace.manifest.JsonValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes CEL's values from JSON by type. A JSON null must become CEL's null: a Java null would make the result "unknown"
 * instead of an error.
 */
final class Values {
    private Values() {}

    static boolean isUnknown(Object value) {
        return value instanceof CelUnknownSet || value == null;
    }

    /** The value of an expression as JSON: times and durations as text in ISO 8601; what JSON has no form for as CEL writes it. */
    static JsonValue json(Object value) {
        if (value instanceof NullValue) {
            return JsonValue.NULL;
        } else if (value instanceof Boolean bool) {
            return JsonValue.of(bool);
        } else if (value instanceof Long number) {
            return JsonValue.of(number);
        } else if (value instanceof UnsignedLong number) {
            return new JsonValue.Number(new BigDecimal(number.bigIntegerValue()));
        } else if (value instanceof Double number && Double.isFinite(number)) {
            return new JsonValue.Number(BigDecimal.valueOf(number));
        } else if (value instanceof Collection<?> list) {
            return new JsonValue.Array(list.stream().map(Values::json).toList());
        } else if (value instanceof Map<?, ?> map) {
            var members = new LinkedHashMap<String, JsonValue>();
            map.forEach((name, member) -> members.put(String.valueOf(name), json(member)));
            return new JsonValue.Object(members);
        } else {
            return JsonValue.of(String.valueOf(value));
        }
    }

    static Object bind(JsonValue value, ValueType type, Scope scope) {
        if (type instanceof ValueType.Maybe maybe) {
            return bind(value, maybe.value(), scope);
        } else if (value instanceof JsonValue.Null) {
            return NullValue.NULL_VALUE;
        } else if (value instanceof JsonValue.Bool bool) {
            return bool.value();
        } else if (value instanceof JsonValue.Number number) {
            return number(number.value(), type);
        } else if (value instanceof JsonValue.Text text) {
            return text(text.value(), type);
        } else if (value instanceof JsonValue.Array array) {
            var element = type instanceof ValueType.ListOf list ? list.element() : ValueType.ANY;
            var list = new ArrayList<Object>(array.items().size());
            array.items().forEach(item -> list.add(bind(item, element, scope)));
            return list;
        } else {
            var resolved = type instanceof ValueType.Ref ref ? scope.types().get(ref.name()) : type;
            var map = new LinkedHashMap<String, Object>();
            ((JsonValue.Object) value).members().forEach((name, member) -> {
                var memberType = resolved instanceof ValueType.Struct struct
                        ? struct.members().getOrDefault(name, ValueType.ANY)
                        : resolved instanceof ValueType.MapOf values ? values.value() : ValueType.ANY;
                // An absent member and one that is null are the same to has().
                if (!(member instanceof JsonValue.Null && resolved instanceof ValueType.Struct)) {
                    map.put(name, bind(member, memberType, scope));
                }
            });
            return map;
        }
    }

    private static Object number(BigDecimal number, ValueType type) {
        if (type.equals(ValueType.DOUBLE)) {
            return number.doubleValue();
        }
        if (number.scale() <= 0 || number.stripTrailingZeros().scale() <= 0) {
            if (number.precision() - number.scale() <= 19) {
                var whole = number.toBigInteger();
                if (whole.bitLength() <= 63) {
                    return whole.longValue();
                }
                if (whole.signum() > 0 && whole.bitLength() <= 64) {
                    return UnsignedLong.valueOf(whole);
                }
            }
        }
        return number.doubleValue();
    }

    private static Object text(String text, ValueType type) {
        try {
            if (type.equals(ValueType.TIMESTAMP)) {
                return text.endsWith("Z")
                        ? Instant.parse(text)
                        : OffsetDateTime.parse(text).toInstant();
            }
            if (type.equals(ValueType.DURATION)) {
                return Duration.parse(text);
            }
        } catch (DateTimeParseException e) {
            return text;
        }
        return text;
    }
}
