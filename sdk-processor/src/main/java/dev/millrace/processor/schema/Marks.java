package dev.millrace.processor.schema;

import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Names;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.schema.Members.Member;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What {@code @Sensitive} and {@code @Indexed} say about the members of one value, as keywords of its schema. */
final class Marks {
    private static final Set<String> SCALARS = Set.of("string", "integer", "number", "boolean");

    private final Map<String, String> indexed = new LinkedHashMap<>();
    private final Consumer<Flaw> flaws;

    Marks(Consumer<Flaw> flaws) {
        this.flaws = flaws;
    }

    /** The keywords for a member with this schema. */
    Map<String, JsonValue> of(Member member, JsonValue schema, String where) {
        var marks = new LinkedHashMap<String, JsonValue>();
        var sensitive = find(member, Vocabulary.SENSITIVE);
        if (sensitive.isPresent()) {
            later(sensitive.get(), where);
            marks.put("x-millrace-sensitive", JsonValue.TRUE);
        }
        var indexed = find(member, Vocabulary.INDEXED);
        if (indexed.isPresent()) {
            later(indexed.get(), where);
            var given = indexed.get().text("value").orElse("");
            var name = given.isEmpty() ? member.javaName() : given;
            index(name, schema, where);
            marks.put("x-millrace-indexed", JsonValue.of(name));
        }
        return marks;
    }

    private void index(String name, JsonValue schema, String where) {
        var other = indexed.putIfAbsent(name, where);
        if (!Names.isName(name)) {
            flaw(
                    Tag.BAD_NAME,
                    "\"" + name + "\" is no name for the metadata that " + where
                            + " is stored as: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning"
                            + " with a letter or a digit",
                    "write another name, as in @Indexed(\"…\").");
        } else if (other != null && !other.equals(where)) {
            flaw(
                    Tag.BAD_NAME,
                    "The metadata \"" + name + "\" would be both " + other + " and " + where,
                    "give one of them another name: @Indexed(\"…\").");
        } else if (!isScalar(schema)) {
            flaw(
                    Tag.MISPLACED_ANNOTATION,
                    "@Indexed has no effect on " + where + ": runs are found by one text, number or truth value",
                    "put it on a part of it, or remove it.");
        }
    }

    private static boolean isScalar(JsonValue schema) {
        return schema instanceof JsonValue.Object object
                && object.members().get("type") instanceof JsonValue.Text type
                && SCALARS.contains(type.value());
    }

    private static Optional<Mirror> find(Member member, String name) {
        for (var carrier : member.carriers()) {
            var mirror = Vocabulary.find(carrier, name);
            if (mirror.isPresent()) {
                return mirror;
            }
        }
        return Optional.empty();
    }

    private void later(Mirror mirror, String where) {
        if (Vocabulary.LATER.contains(mirror.qualifiedName())) {
            flaw(
                    Tag.NOT_YET_SUPPORTED,
                    "@" + mirror.simpleName() + " on " + where + " is not supported by this version of Millrace yet",
                    "remove it.");
        }
    }

    private void flaw(Tag tag, String sentence, String fix) {
        flaws.accept(new Flaw(tag, sentence + ".", fix));
    }
}
