package dev.millrace.engine.harness;

import dev.millrace.engine.Effect.Argument;
import dev.millrace.engine.Payload;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Makes values of payloads, as the edge does. */
public final class Values {

    private Values() {}

    static int elements(String json) {
        return Json.read(json) instanceof JsonValue.Array array ? array.items().size() : -1;
    }

    public static String json(Payload payload) {
        return payload.isPresent() ? new String(payload.data(), StandardCharsets.UTF_8) : "null";
    }

    /** The argument as the method would get it. */
    public static String json(Argument argument) {
        return switch (argument.form()) {
            case WHOLE -> json(argument.values().get(0));
            case ELEMENT ->
                Json.canonical(
                        ((JsonValue.Array) Json.read(json(argument.values().get(0))))
                                .items()
                                .get(argument.element()));
            case JOINED -> argument.values().stream().map(Values::json).collect(Collectors.joining(",", "[", "]"));
        };
    }
}
