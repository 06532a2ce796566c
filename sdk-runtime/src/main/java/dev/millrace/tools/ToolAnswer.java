package dev.millrace.tools;

import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What a language model is told that asked for a tool. Immutable. */
public sealed interface ToolAnswer {

    /** There is no tool of that name. */
    String UNKNOWN_TOOL = "UNKNOWN_TOOL";

    /** The arguments are no JSON, or not what the tool takes. */
    String ARGUMENTS_INVALID = "ARGUMENTS_INVALID";

    /** What to tell the model. */
    String text();

    /**
     * The tool did what it was asked for.
     *
     * @param json its result; {@code null} where it has none
     */
    record Value(String json) implements ToolAnswer {
        public Value {
            Objects.requireNonNull(json, "json");
        }

        /** The result: a text as it is, anything else as JSON. */
        @Override
        public String text() {
            return Json.read(json) instanceof JsonValue.Text text ? text.value() : json;
        }
    }

    /**
     * The tool was not called, or failed for good. The model may ask again, otherwise.
     *
     * @param code {@link #UNKNOWN_TOOL}, {@link #ARGUMENTS_INVALID}, or the code of the action's failure
     * @param message a sentence that says what is wrong
     */
    record Problem(String code, String message) implements ToolAnswer {
        public Problem {
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(message, "message");
        }

        /** A JSON object with {@code error}, which has {@code code} and {@code message}. */
        @Override
        public String text() {
            Map<String, JsonValue> error = new LinkedHashMap<>();
            error.put("code", JsonValue.of(code));
            error.put("message", JsonValue.of(message));
            return Json.canonical(new JsonValue.Object(Map.of("error", new JsonValue.Object(error))));
        }
    }
}
