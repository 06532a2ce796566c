package dev.millrace.manifest;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Writes the members of one JSON object of a manifest; what the view does not show is dropped. */
final class MemberWriter {

    /** What a member is about. */
    enum About {
        /** Ties the parts together. */
        IDENTITY,
        /** The DAG and the schemas. */
        SHAPE,
        /** When, how often, by whom. */
        POLICY,
        /** For people only. */
        PEOPLE
    }

    /** What is written. */
    enum View {
        DOCUMENT(EnumSet.allOf(About.class)),
        VERSION(EnumSet.of(About.IDENTITY, About.SHAPE, About.POLICY)),
        SHAPE(EnumSet.of(About.IDENTITY, About.SHAPE)),
        POLICY(EnumSet.of(About.IDENTITY, About.POLICY));

        private final Set<About> shown;

        View(Set<About> shown) {
            this.shown = shown;
        }

        /** Whether the order of steps matters: journal entries of a version name steps by number. */
        boolean ordered() {
            return this == DOCUMENT || this == VERSION;
        }

        /** Parts in the order of the manifest, or by name where their order does not matter. */
        <T> List<T> ordered(List<T> parts, Function<T, String> name) {
            if (ordered()) {
                return parts;
            }
            var sorted = new ArrayList<>(parts);
            sorted.sort(Comparator.comparing(name));
            return sorted;
        }

        /** Names in the order of the manifest, or sorted where their order does not matter. */
        List<String> sorted(List<String> names) {
            if (ordered()) {
                return names;
            }
            var sorted = new ArrayList<>(names);
            sorted.sort(Comparator.naturalOrder());
            return sorted;
        }
    }

    private final View view;
    private final Map<String, JsonValue> members = new LinkedHashMap<>();

    MemberWriter(View view) {
        this.view = view;
    }

    static JsonValue array(List<JsonValue> items) {
        return new JsonValue.Array(items);
    }

    static JsonValue words(List<String> words) {
        var texts = new ArrayList<JsonValue>();
        for (var word : words) {
            texts.add(JsonValue.of(word));
        }
        return array(texts);
    }

    static JsonValue number(double number) {
        return number == Math.rint(number)
                ? JsonValue.of((long) number)
                : new JsonValue.Number(BigDecimal.valueOf(number));
    }

    void put(About about, String name, JsonValue value) {
        if (view.shown.contains(about)) {
            members.put(name, value);
        }
    }

    /** Writes a schema; what is said in it for people is in no hash. */
    void putSchema(JsonValue schema) {
        put(About.SHAPE, "schema", view == View.DOCUMENT ? schema : SchemaNotes.without(schema));
    }

    void put(About about, String name, String value) {
        put(about, name, JsonValue.of(value));
    }

    void put(About about, String name, Duration value) {
        put(about, name, Durations.format(value));
    }

    /** Writes a text unless it is empty, which stands for none. */
    void putText(About about, String name, String value) {
        if (!value.isEmpty()) {
            put(about, name, value);
        }
    }

    void putUnless(About about, String name, Enum<?> value, Enum<?> usual) {
        if (value != usual) {
            put(about, name, value.name());
        }
    }

    void putTexts(About about, String name, Map<String, String> texts) {
        if (!texts.isEmpty()) {
            var values = new LinkedHashMap<String, JsonValue>();
            texts.forEach((key, text) -> values.put(key, JsonValue.of(text)));
            put(about, name, new JsonValue.Object(values));
        }
    }

    void putAll(About about, String name, List<JsonValue> values) {
        if (!values.isEmpty()) {
            put(about, name, array(values));
        }
    }

    void putWords(About about, String name, List<String> words) {
        if (!words.isEmpty()) {
            put(about, name, words(words));
        }
    }

    void putLine(int line) {
        if (line != 0) {
            put(About.PEOPLE, "line", JsonValue.of(line));
        }
    }

    JsonValue toObject() {
        return new JsonValue.Object(members);
    }
}
