package dev.millrace.expression;

import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.WaitSpec;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says what a step waits for before it begins in the way in which durable code says what it waits for. Stateless. */
public final class AwaitedParameter {
    private static final String INPUT = "input";
    /** The run's input, and the member of it that is named; without one where more than a member is. */
    private static final Pattern NAMED = Pattern.compile("\\binput\\b(?:\\.([A-Za-z_]\\w*))?");

    private AwaitedParameter() {}

    /**
     * What is asked for: as {@link EventQuestion} reads it, or for people {@code {"role": …, "schema": …, "title": …}}.
     *
     * @param parameter awaits something
     * @param input of the run; needed where the condition names it
     */
    public static byte[] ask(ParameterSpec parameter, Optional<JsonValue> input) {
        var wait = parameter.awaits().orElseThrow();
        if (parameter.source() == ParameterSpec.Source.EVENT) {
            return new EventQuestion(wait.where().isEmpty() ? "true" : wait.where(), values(wait, input)).json();
        }
        var members = new LinkedHashMap<String, JsonValue>();
        members.put("role", JsonValue.of(wait.role()));
        members.put("schema", wait.schema());
        members.put("title", JsonValue.of(wait.name()));
        return Json.canonical(new JsonValue.Object(members)).getBytes(StandardCharsets.UTF_8);
    }

    /** Of the input only what is named, because it is kept for as long as the step waits. */
    private static Map<String, JsonValue> values(WaitSpec wait, Optional<JsonValue> input) {
        if (input.isEmpty()) {
            return Map.of();
        }
        var named = NAMED.matcher(wait.where());
        var members = new LinkedHashMap<String, JsonValue>();
        boolean any = false;
        while (named.find()) {
            any = true;
            if (named.group(1) == null || !(input.get() instanceof JsonValue.Object object)) {
                return Map.of(INPUT, input.get());
            }
            var value = object.members().get(named.group(1));
            if (value != null) {
                members.put(named.group(1), value);
            }
        }
        return any ? Map.of(INPUT, new JsonValue.Object(members)) : Map.of();
    }
}
