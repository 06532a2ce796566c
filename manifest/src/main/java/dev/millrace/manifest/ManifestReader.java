package dev.millrace.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads a manifest from its JSON form, member by member, knowing where it is. */
final class ManifestReader {
    private final String path;
    private final JsonValue.Object object;
    private final Set<String> known = new HashSet<>();

    private ManifestReader(String path, JsonValue json) {
        this.path = path;
        if (!(json instanceof JsonValue.Object members)) {
            throw new InvalidManifestException(
                    path,
                    (path.isEmpty() ? "A manifest" : "'" + path + "'") + " must be a JSON object, but is " + show(json)
                            + ".");
        }
        this.object = members;
    }

    static Manifest read(JsonValue json) {
        var in = new ManifestReader("", json);
        in.refuseOtherFormats();
        return in.build(() -> new Manifest(
                in.text("workflow"),
                in.text("source"),
                in.optional("description").map(in.asText("description")).orElse(""),
                in.constant("visibility", Visibility.class),
                in.constant("weight", Weight.class),
                in.duration("deadline"),
                in.object("input", ManifestReader::input),
                in.objects("steps", ManifestReader::step),
                in.objects("compensations", ManifestReader::compensation),
                in.optional("onFailure").map(handler -> handler(new ManifestReader(in.at("onFailure"), handler))),
                in.objects("rateLimits", ManifestReader::rateLimit),
                in.object("result", ManifestReader::result),
                in.words("tags")));
    }

    private void refuseOtherFormats() {
        long format = integer("manifestVersion", 0, Integer.MAX_VALUE);
        if (format > Manifest.FORMAT) {
            throw new InvalidManifestException(
                    "MANIFEST_VERSION_UNSUPPORTED",
                    "manifestVersion",
                    "The manifest has format " + format + ", but this side reads formats up to " + Manifest.FORMAT
                            + ". Upgrade the control plane, or build the workflow with an older SDK.");
        }
        if (format < 1) {
            throw new InvalidManifestException(
                    "manifestVersion", "'manifestVersion' must be 1 or more, but is " + format + ".");
        }
    }

    private static Input input(ManifestReader in) {
        return in.build(() -> new Input(in.text("type"), in.required("schema")));
    }

    private static StepSpec step(ManifestReader in) {
        return in.build(() -> new StepSpec(
                in.text("name"),
                in.objects("parameters", ManifestReader::parameter),
                in.words("after"),
                in.object("output", ManifestReader::output),
                in.object("policy", ManifestReader::policy),
                in.objects("rateLimits", ManifestReader::use),
                in.line()));
    }

    private static CompensationSpec compensation(ManifestReader in) {
        return in.build(() -> new CompensationSpec(in.text("undoes"), in.object("handler", ManifestReader::handler)));
    }

    private static HandlerSpec handler(ManifestReader in) {
        return in.build(() -> new HandlerSpec(
                in.text("name"),
                in.objects("parameters", ManifestReader::parameter),
                in.object("policy", ManifestReader::policy),
                in.line()));
    }

    private static ParameterSpec parameter(ManifestReader in) {
        return in.build(() -> new ParameterSpec(
                in.text("name"),
                in.constant("source", ParameterSpec.Source.class),
                in.optional("step").map(in.asText("step")).orElse(""),
                in.constant("mode", ParameterSpec.Mode.class)));
    }

    private static OutputSpec output(ManifestReader in) {
        return in.build(() -> {
            var kind = in.constant("kind", OutputSpec.Kind.class);
            return new OutputSpec(
                    kind,
                    in.text("type"),
                    kind == OutputSpec.Kind.NONE
                            ? in.optional("schema").orElse(JsonValue.NULL)
                            : in.required("schema"));
        });
    }

    private static StepPolicy policy(ManifestReader in) {
        return in.build(() -> new StepPolicy(
                in.duration("timeout"),
                in.duration("queueTimeout"),
                (int) in.integer("retries", 0, StepPolicy.MAX_RETRIES),
                in.object("backoff", ManifestReader::backoff),
                in.constant("delivery", Delivery.class),
                (int) in.integer("slots", 1, Integer.MAX_VALUE),
                in.words("retryOn"),
                in.words("noRetryOn")));
    }

    private static Backoff backoff(ManifestReader in) {
        return in.build(() -> new Backoff(in.duration("initial"), in.number("multiplier"), in.duration("max")));
    }

    private static RateLimitUse use(ManifestReader in) {
        return in.build(() -> new RateLimitUse(in.text("name"), in.integer("cost", 1, Long.MAX_VALUE)));
    }

    private static RateLimitSpec rateLimit(ManifestReader in) {
        return in.build(() -> new RateLimitSpec(
                in.text("name"),
                in.integer("limit", 1, Long.MAX_VALUE),
                in.duration("period"),
                in.integer("burst", 1, Long.MAX_VALUE)));
    }

    private static ResultSpec result(ManifestReader in) {
        return in.build(() -> {
            in.required("steps");
            return new ResultSpec(in.words("steps"));
        });
    }

    /** Makes a record, saying in its refusals where it stands, and then refuses members that nobody asked for. */
    private <T> T build(Supplier<T> record) {
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

    private Optional<JsonValue> optional(String name) {
        known.add(name);
        return Optional.ofNullable(object.members().get(name));
    }

    private JsonValue required(String name) {
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

    private String text(String name) {
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

    private java.time.Duration duration(String name) {
        String text = text(name);
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidManifestException(at(name), "'" + at(name) + "' is wrong: " + e.getMessage());
        }
    }

    private <E extends Enum<E>> E constant(String name, Class<E> type) {
        String text = text(name);
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(text))
                .findFirst()
                .orElseThrow(
                        () -> wrong(name, "one of " + Arrays.toString(type.getEnumConstants()), JsonValue.of(text)));
    }

    private double number(String name) {
        var value = required(name);
        if (value instanceof JsonValue.Number number) {
            return number.value().doubleValue();
        }
        throw wrong(name, "a number", value);
    }

    private long integer(String name, long min, long max) {
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

    private int line() {
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

    private List<String> words(String name) {
        var words = new ArrayList<String>();
        for (var item : items(name)) {
            words.add(asText(name + "[" + words.size() + "]").apply(item));
        }
        return words;
    }

    private <T> T object(String name, Function<ManifestReader, T> read) {
        return read.apply(new ManifestReader(at(name), required(name)));
    }

    private <T> List<T> objects(String name, Function<ManifestReader, T> read) {
        var objects = new ArrayList<T>();
        for (var item : items(name)) {
            objects.add(read.apply(new ManifestReader(at(name) + "[" + objects.size() + "]", item)));
        }
        return objects;
    }
}
