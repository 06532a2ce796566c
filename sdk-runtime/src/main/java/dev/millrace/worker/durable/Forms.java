package dev.millrace.worker.durable;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.manifest.JsonValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The schema of the answers of people, from the type that the code expects: what a form can be made of, and answers are held against.
 * What it does not know more of it lets be anything. Stateless.
 */
final class Forms {
    private static final Set<Class<?>> WHOLE = Set.of(
            int.class,
            long.class,
            short.class,
            byte.class,
            Integer.class,
            Long.class,
            Short.class,
            Byte.class,
            BigInteger.class);
    private static final Set<Class<?>> NUMBERS =
            Set.of(double.class, float.class, Double.class, Float.class, BigDecimal.class);
    private static final Set<Class<?>> TEXTS =
            Set.of(String.class, char.class, Character.class, UUID.class, URI.class, Duration.class);

    private Forms() {}

    static JsonValue of(Class<?> type) {
        return of(type, new HashSet<>());
    }

    private static JsonValue of(Type type, Set<Class<?>> inside) {
        if (type instanceof ParameterizedType parameterized) {
            var raw = (Class<?>) parameterized.getRawType();
            if (Collection.class.isAssignableFrom(raw)) {
                return list(of(parameterized.getActualTypeArguments()[0], inside));
            }
            if (raw == Optional.class) {
                var some = List.of(of(parameterized.getActualTypeArguments()[0], inside), typed("null"));
                return new JsonValue.Object(Map.of("anyOf", new JsonValue.Array(some)));
            }
            return Map.class.isAssignableFrom(raw) ? typed("object") : of(raw, inside);
        }
        return type instanceof Class<?> raw ? of(raw, inside) : JsonValue.TRUE;
    }

    private static JsonValue of(Class<?> type, Set<Class<?>> inside) {
        if (WHOLE.contains(type)) {
            return typed("integer");
        } else if (NUMBERS.contains(type)) {
            return typed("number");
        } else if (type == boolean.class || type == Boolean.class) {
            return typed("boolean");
        } else if (TEXTS.contains(type) || Temporal.class.isAssignableFrom(type)) {
            return typed("string");
        } else if (type.isEnum()) {
            var names = Arrays.stream(type.getEnumConstants())
                    .map(constant -> JsonValue.of(((Enum<?>) constant).name()))
                    .toList();
            return new JsonValue.Object(Map.of("enum", new JsonValue.Array(List.copyOf(names))));
        } else if (type.isArray() && type != byte[].class) {
            return list(of(type.getComponentType(), inside));
        } else if (type.isRecord() && inside.add(type)) {
            var form = form(type, inside);
            inside.remove(type);
            return form;
        }
        return JsonValue.TRUE;
    }

    private static JsonValue form(Class<?> type, Set<Class<?>> inside) {
        var properties = new LinkedHashMap<String, JsonValue>();
        var required = new ArrayList<JsonValue>();
        for (var component : type.getRecordComponents()) {
            properties.put(name(component), of(component.getGenericType(), inside));
            if (component.getType() != Optional.class) {
                required.add(JsonValue.of(name(component)));
            }
        }
        var members = new LinkedHashMap<String, JsonValue>();
        members.put("type", JsonValue.of("object"));
        members.put("properties", new JsonValue.Object(properties));
        if (!required.isEmpty()) {
            members.put("required", new JsonValue.Array(required));
        }
        return new JsonValue.Object(members);
    }

    private static String name(RecordComponent component) {
        return Optional.ofNullable(component.getAccessor().getAnnotation(JsonProperty.class))
                .map(JsonProperty::value)
                .filter(name -> !name.isEmpty())
                .orElse(component.getName());
    }

    private static JsonValue list(JsonValue items) {
        var members = new LinkedHashMap<String, JsonValue>();
        members.put("type", JsonValue.of("array"));
        members.put("items", items);
        return new JsonValue.Object(members);
    }

    private static JsonValue typed(String type) {
        return new JsonValue.Object(Map.of("type", JsonValue.of(type)));
    }
}
