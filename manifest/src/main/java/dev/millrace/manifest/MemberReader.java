package dev.millrace.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads one object of a manifest's JSON form member by member, knowing where it is and which members nobody asked for. */
final class MemberReader {
    private final String path;
    private final JsonValue.Object object;
    private final Set<String> known = new HashSet<>();

    MemberReader(String path, JsonValue json) {
        this.path = path;
        if (!(json instanceof JsonValue.Object members)) {
            throw new InvalidManifestException(
                    path,
                    (path.isEmpty() ? "A manifest" : "'" + path + "'") + " must be a JSON object, but is " + show(json)
                            + ".");
        }
        this.object = members;
    }

    /** Makes a record, saying in its refusals where it stands, and then refuses members that nobody asked for. */
    <T> T build(Supplier<T> record) {
        T built;
        try {
            built = record.get();
        } catch (InvalidManifestException e) {
            // A record knows only its own members; whatever was refused while reading names the whole path already.
            if (e.path().startsWith(path)) {
                throw e;
            }
            throw new InvalidManifestException(e.code(), at(e.path()), e.getMessage());
        }
        for (String name : object.members().keySet()) {
            if (!known.contains(name)) {
                throw new InvalidManifestException(
                        at(name),
                        "'" + at(name) + "' is no member that manifests of format " + Manifest.FORMAT + " have.");
            }
        }
        return built;
    }

    private String at(String name) {
        return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
    }

    Optional<JsonValue> optional(String name) {
        known.add(name);
        return Optional.ofNullable(object.members().get(name));
    }

    JsonValue required(String name) {
        return optional(name)
                .orElseThrow(
                        () -> new InvalidManifestException(at(name), "'" + at(name) + "' is required, but missing."));
    }

    private InvalidManifestException wrong(String name, String wanted, JsonValue found) {
        return new InvalidManifestException(
                at(name), "'" + at(name) + "' must be " + wanted + ", but is " + show(found) + ".");
    }

    private static String show(JsonValue value) {
        String text = Json.write(value);
        return text.length() > 80 ? text.substring(0, 77) + "..." : text;
    }

    String text(String name) {
        return asText(name).apply(required(name));
    }

    private Function<JsonValue, String> asText(String name) {
        return value -> {
            if (value instanceof JsonValue.Text text) {
                return text.value();
            }
            throw wrong(name, "a string", value);
        };
    }

    String text(String name, String missing) {
        return optional(name).map(asText(name)).orElse(missing);
    }

    Map<String, String> texts(String name) {
        var texts = new LinkedHashMap<String, String>();
        var value = optional(name).orElse(new JsonValue.Object(Map.of()));
        if (!(value instanceof JsonValue.Object in)) {
            throw wrong(name, "an object", value);
        }
        in.members()
                .forEach((key, text) -> texts.put(key, asText(name + "." + key).apply(text)));
        return texts;
    }

    Optional<Duration> optionalDuration(String name) {
        return optional(name).map(value -> duration(name));
    }

    Duration duration(String name) {
        String text = text(name);
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidManifestException(at(name), "'" + at(name) + "' is wrong: " + e.getMessage());
        }
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
        String text = text(name);
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(text))
                .findFirst()
                .orElseThrow(
                        () -> wrong(name, "one of " + Arrays.toString(type.getEnumConstants()), JsonValue.of(text)));
    }

    <E extends Enum<E>> E constant(String name, Class<E> type, E missing) {
        return optional(name).isPresent() ? constant(name, type) : missing;
    }

    double number(String name) {
        var value = required(name);
        if (value instanceof JsonValue.Number number) {
            return number.value().doubleValue();
        }
        throw wrong(name, "a number", value);
    }

    long integer(String name, long min, long max) {
        var value = required(name);
        if (value instanceof JsonValue.Number number
                && Math.abs((long) number.value().scale()) <= 400) {
            try {
                long integer = number.value().longValueExact();
                if (integer >= min && integer <= max) {
                    return integer;
                }
            } catch (ArithmeticException e) {
                // told below
            }
        }
        throw wrong(
                name,
                max >= Integer.MAX_VALUE
                        ? "a whole number of at least " + min
                        : "a whole number from " + min + " to " + max,
                value);
    }

    int line() {
        return optional("line").isPresent() ? (int) integer("line", 0, Integer.MAX_VALUE) : 0;
    }

    private List<JsonValue> items(String name) {
        var value = optional(name);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get() instanceof JsonValue.Array array) {
            return array.items();
        }
        throw wrong(name, "an array", value.get());
    }

    List<String> words(String name) {
        var words = new ArrayList<String>();
        for (var item : items(name)) {
            words.add(asText(name + "[" + words.size() + "]").apply(item));
        }
        return words;
    }

    <T> T object(String name, Function<MemberReader, T> read) {
        return read.apply(new MemberReader(at(name), required(name)));
    }

    <T> Optional<T> optionalObject(String name, Function<MemberReader, T> read) {
        return optional(name).map(value -> read.apply(new MemberReader(at(name), value)));
    }

    <T> List<T> objects(String name, Function<MemberReader, T> read) {
        var objects = new ArrayList<T>();
        for (var item : items(name)) {
            objects.add(read.apply(new MemberReader(at(name) + "[" + objects.size() + "]", item)));
        }
        return objects;
    }
}
