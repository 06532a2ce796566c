package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** All JSON values that differ from one in a single place: a member or element less, or another leaf. */
final class OneEdit {
    /** Words of a manifest that must be exchanged for one of their kind, or reading refuses them. */
    private static final List<List<String>> KINDS = List.of(
            List.of("PUBLIC", "PRIVATE"),
            List.of("LIGHT", "NORMAL"),
            List.of("BUILD", "SHAPE"),
            List.of("QUEUE", "CANCEL_NEW"),
            List.of("ASK", "FAIL"),
            List.of("SKIP", "ALLOW"),
            List.of("ALL", "LATEST"),
            List.of("ASYNC", "PLAIN"),
            List.of("DURABLE", "PLAIN"),
            List.of("INPUT", "CONTEXT"),
            List.of("VALUE", "OPTIONAL"),
            List.of("EACH", "VALUE"),
            List.of("OUTCOME", "VALUE"),
            List.of("LOOP", "VALUE"),
            List.of("AT_LEAST", "AT_MOST"),
            List.of("EQUAL", "NOT_EQUAL"),
            List.of("SOFT", "HARD"),
            List.of("AT_LEAST_ONCE", "AT_MOST_ONCE"),
            List.of("TRANSACTIONAL", "AT_MOST_ONCE"));

    private OneEdit() {}

    static List<JsonValue> of(JsonValue value) {
        var edits = new ArrayList<JsonValue>();
        if (value instanceof JsonValue.Object object) {
            for (var member : object.members().entrySet()) {
                var less = new LinkedHashMap<>(object.members());
                less.remove(member.getKey());
                edits.add(new JsonValue.Object(less));
                for (var edit : of(member.getValue())) {
                    var more = new LinkedHashMap<>(object.members());
                    more.put(member.getKey(), edit);
                    edits.add(new JsonValue.Object(more));
                }
            }
        } else if (value instanceof JsonValue.Array array) {
            for (int i = 0; i < array.items().size(); i++) {
                var less = new ArrayList<>(array.items());
                less.remove(i);
                edits.add(new JsonValue.Array(less));
                for (var edit : of(array.items().get(i))) {
                    var more = new ArrayList<>(array.items());
                    more.set(i, edit);
                    edits.add(new JsonValue.Array(more));
                }
            }
        } else if (value instanceof JsonValue.Text text) {
            texts(text.value()).forEach(other -> edits.add(JsonValue.of(other)));
        } else if (value instanceof JsonValue.Number number) {
            edits.add(new JsonValue.Number(number.value().add(BigDecimal.ONE)));
            edits.add(new JsonValue.Number(number.value().divide(BigDecimal.valueOf(2))));
        } else if (value instanceof JsonValue.Bool bool) {
            edits.add(JsonValue.of(!bool.value()));
        }
        return edits;
    }

    private static List<String> texts(String text) {
        var texts = new ArrayList<String>();
        for (var kind : KINDS) {
            if (kind.contains(text)) {
                texts.addAll(kind);
            }
        }
        // A duration with a day more, a name or expression with a letter more.
        texts.addAll(List.of("1d" + text, text + "x"));
        texts.remove(text);
        return texts;
    }
}
