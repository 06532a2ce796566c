package dev.millrace.processor.rule.value;

import dev.millrace.manifest.JsonValue;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.schema.Schema;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.Element;

/** Bytes of any size travel badly as text in the values of a run. */
final class LargeBinaryRule implements Rule {
    /** Bytes that are worth no warning, as an author may bound them; and their letters in Base64. */
    static final int SMALL_BYTES = 65_536;

    private static final long SMALL_LETTERS = (SMALL_BYTES + 2L) / 3 * 4;

    @Override
    public void check(Subject subject, Report report) {
        var told = new HashSet<String>();
        var types = subject.types();
        var input = subject.wiring().input();
        if (input.isPresent() && subject.input().isPresent()) {
            var parameter = input.get();
            var what = "input, " + parameter.label();
            new Search(types.shortName(parameter.type()), what, parameter.element(), report, told)
                    .whole(subject.input().get());
        }
        for (var given : subject.given().entrySet()) {
            var parameter = given.getKey();
            new Search(types.shortName(parameter.type()), parameter.label(), parameter.element(), report, told)
                    .whole(given.getValue());
        }
        for (var value : subject.values().entrySet()) {
            var method = value.getKey();
            var type = types.shortName(method.returned().value());
            new Search(type, "result of " + method.label(), method.element(), report, told).whole(value.getValue());
        }
    }

    /** Looks through the schema of one value. */
    private record Search(String type, String what, Element element, Report report, Set<String> told) {

        void whole(Schema schema) {
            if (schema.json() instanceof JsonValue.Object root) {
                if (root.members().get("$defs") instanceof JsonValue.Object definitions) {
                    for (var definition : definitions.members().entrySet()) {
                        look(definition.getValue(), definition.getKey());
                    }
                }
                look(new JsonValue.Object(without(root.members())), type);
            }
        }

        private static Map<String, JsonValue> without(Map<String, JsonValue> members) {
            var rest = new LinkedHashMap<>(members);
            rest.remove("$defs");
            return rest;
        }

        private void look(JsonValue schema, String where) {
            if (schema instanceof JsonValue.Array array) {
                for (var item : array.items()) {
                    look(item, where);
                }
            } else if (schema instanceof JsonValue.Object object) {
                if (object.members().containsKey("contentEncoding") && !isSmall(object)) {
                    tell(where);
                }
                for (var member : object.members().entrySet()) {
                    if (member.getKey().equals("properties")
                            && member.getValue() instanceof JsonValue.Object properties) {
                        for (var property : properties.members().entrySet()) {
                            look(property.getValue(), where + "." + property.getKey());
                        }
                    } else {
                        look(member.getValue(), where);
                    }
                }
            }
        }

        private static boolean isSmall(JsonValue.Object bytes) {
            return bytes.members().get("maxLength") instanceof JsonValue.Number most
                    && most.value().longValue() <= SMALL_LETTERS;
        }

        private void tell(String where) {
            if (told.add(where)) {
                report.add(Problem.at(
                                element,
                                Tag.LARGE_BINARY,
                                where + " holds bytes of any number (" + what
                                        + "): they are stored in the run as text, a third longer, and sent to each step that takes"
                                        + " them.")
                        .detail("A value of more than 1 MiB fails its step.")
                        .fix("store them elsewhere and pass their address; or bound them with @Size(max = …), to "
                                + SMALL_BYTES + " at most."));
            }
        }
    }
}
