package dev.millrace.processor.schema;

import dev.millrace.manifest.JsonValue;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.report.Tag;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.PatternSyntaxException;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;

/**
 * Constraints of Bean Validation as keywords of JSON Schema. They are read by name, so that nothing of it need be on the
 * plug-in's path. What JSON Schema has no word for ({@code @Past}, constraints of the user's own) and what does not always
 * hold (constraints of a group) stays out of the schema.
 */
final class Constraints {
    private static final List<String> PACKAGES =
            List.of("jakarta.validation.constraints.", "javax.validation.constraints.");

    private final String where;
    private final Consumer<Flaw> flaws;
    private final Map<String, JsonValue> schema;

    private Constraints(Map<String, JsonValue> schema, String where, Consumer<Flaw> flaws) {
        this.schema = new LinkedHashMap<>(schema);
        this.where = where;
        this.flaws = flaws;
    }

    /**
     * A schema with what the annotations ask.
     *
     * @param where the annotated member, for messages: {@code Order.quantity}
     */
    static JsonValue apply(
            JsonValue schema, List<? extends AnnotationMirror> annotations, String where, Consumer<Flaw> flaws) {
        var mirrors = all(annotations);
        if (mirrors.isEmpty()) {
            return schema;
        }
        var members = schema instanceof JsonValue.Object object ? object.members() : Map.<String, JsonValue>of();
        var constraints = new Constraints(members, where, flaws);
        mirrors.forEach(constraints::add);
        constraints.refuseTheImpossible();
        return constraints.schema.equals(members) ? schema : new JsonValue.Object(constraints.schema);
    }

    /** Whether null is forbidden. */
    static boolean forbidNull(List<? extends AnnotationMirror> annotations) {
        return all(annotations).stream()
                .anyMatch(mirror -> mirror.simpleName().equals("NotNull")
                        || mirror.simpleName().equals("NotBlank")
                        || mirror.simpleName().equals("NotEmpty"));
    }

    /** The constraints among annotations, each once, repeated ones unwrapped, without those of a group. */
    private static List<Mirror> all(List<? extends AnnotationMirror> annotations) {
        var seen = new LinkedHashSet<String>();
        var all = new ArrayList<Mirror>();
        for (var annotation : annotations) {
            var element = annotation.getAnnotationType().asElement();
            var mirror = new Mirror(element, annotation);
            var items = mirror.simpleName().equals("List") ? nested(mirror, element) : List.of(mirror);
            items.stream()
                    .filter(Constraints::isConstraint)
                    .filter(item -> item.items("groups").isEmpty())
                    .filter(item -> seen.add(item.annotation().toString()))
                    .forEach(all::add);
        }
        return all;
    }

    private static List<Mirror> nested(Mirror container, Element element) {
        return container.items("value").stream()
                .map(AnnotationValue::getValue)
                .filter(AnnotationMirror.class::isInstance)
                .map(item -> new Mirror(element, (AnnotationMirror) item))
                .toList();
    }

    private static boolean isConstraint(Mirror mirror) {
        return PACKAGES.stream().anyMatch(name -> mirror.qualifiedName().equals(name + mirror.simpleName()));
    }

    private void add(Mirror mirror) {
        switch (mirror.simpleName()) {
            case "Min" -> bound(mirror, number(mirror), true, false);
            case "Max" -> bound(mirror, number(mirror), false, false);
            case "DecimalMin" -> decimal(mirror, true);
            case "DecimalMax" -> decimal(mirror, false);
            case "Positive" -> bound(mirror, BigDecimal.ZERO, true, true);
            case "PositiveOrZero" -> bound(mirror, BigDecimal.ZERO, true, false);
            case "Negative" -> bound(mirror, BigDecimal.ZERO, false, true);
            case "NegativeOrZero" -> bound(mirror, BigDecimal.ZERO, false, false);
            case "Size" ->
                size(
                        mirror,
                        mirror.number("min").map(Number::longValue).orElse(0L),
                        mirror.number("max").map(Number::longValue).orElse((long) Integer.MAX_VALUE));
            case "NotEmpty" -> size(mirror, 1, Integer.MAX_VALUE);
            case "NotBlank" -> {
                if (text(mirror)) {
                    pattern("\\S");
                }
            }
            case "Email" -> {
                if (text(mirror)) {
                    schema.put("format", JsonValue.of("email"));
                }
            }
            case "Pattern" -> regularExpression(mirror);
            default -> {
                // Nothing that JSON Schema could say.
            }
        }
    }

    private static BigDecimal number(Mirror mirror) {
        return mirror.number("value")
                .map(value -> BigDecimal.valueOf(value.longValue()))
                .orElse(BigDecimal.ZERO);
    }

    private void decimal(Mirror mirror, boolean lower) {
        var text = mirror.text("value").orElse("");
        var exclusive = mirror.written("inclusive")
                .map(value -> Boolean.FALSE.equals(value.getValue()))
                .orElse(false);
        try {
            bound(mirror, new BigDecimal(text), lower, exclusive);
        } catch (NumberFormatException e) {
            flaw(label(mirror) + " has no number: \"" + text + "\"", "write one, as in \"0.01\".");
        }
    }

    private void bound(Mirror mirror, BigDecimal value, boolean lower, boolean exclusive) {
        var whole = is("integer");
        if (!whole && !is("number")) {
            misfit(mirror, "numbers");
            return;
        }
        var edge = value;
        if (whole) {
            // One word for both, because the range of an int is written with it already.
            edge = value.setScale(0, lower ? RoundingMode.CEILING : RoundingMode.FLOOR);
            if (exclusive && edge.compareTo(value) == 0) {
                edge = lower ? edge.add(BigDecimal.ONE) : edge.subtract(BigDecimal.ONE);
            }
        }
        tighten(
                exclusive && !whole ? lower ? "exclusiveMinimum" : "exclusiveMaximum" : lower ? "minimum" : "maximum",
                edge,
                lower);
    }

    private void size(Mirror mirror, long min, long max) {
        if (is("array")) {
            between("Items", min, max);
        } else if (is("object") && schema.containsKey("additionalProperties")) {
            between("Properties", min, max);
        } else if (schema.containsKey("contentEncoding")) {
            // Bytes are counted by the annotation, letters by the schema: four for every three bytes begun.
            between("Length", letters(min), max == Integer.MAX_VALUE ? max : letters(max));
        } else if (isText()) {
            between("Length", min, max);
        } else {
            misfit(mirror, "texts, collections, maps and arrays");
        }
    }

    private static long letters(long bytes) {
        return (bytes + 2) / 3 * 4;
    }

    private void between(String what, long min, long max) {
        if (min > 0) {
            tighten("min" + what, BigDecimal.valueOf(min), true);
        }
        if (max < Integer.MAX_VALUE) {
            tighten("max" + what, BigDecimal.valueOf(max), false);
        }
    }

    private void regularExpression(Mirror mirror) {
        var written = mirror.text("regexp").orElse("");
        if (!text(mirror) || !mirror.items("flags").isEmpty()) {
            return;
        }
        try {
            java.util.regex.Pattern.compile(written);
            pattern("^(?:" + written + ")$");
        } catch (PatternSyntaxException e) {
            flaw(
                    label(mirror) + " is no regular expression: " + e.getDescription() + " near index " + e.getIndex()
                            + " of \"" + written + "\"",
                    "mend it.");
        }
    }

    /** The second pattern stands beside the first, because an object has a member once. */
    private void pattern(String pattern) {
        if (!schema.containsKey("pattern")) {
            schema.put("pattern", JsonValue.of(pattern));
            return;
        }
        var all = new ArrayList<JsonValue>();
        if (schema.get("allOf") instanceof JsonValue.Array array) {
            all.addAll(array.items());
        }
        all.add(ScalarSchemas.object("pattern", pattern));
        schema.put("allOf", new JsonValue.Array(all));
    }

    private void tighten(String keyword, BigDecimal value, boolean lower) {
        var there = schema.get(keyword) instanceof JsonValue.Number number ? number.value() : value;
        schema.put(keyword, new JsonValue.Number(lower ? value.max(there) : value.min(there)));
    }

    private void refuseTheImpossible() {
        impossible("minimum", "maximum", false);
        impossible("exclusiveMinimum", "maximum", true);
        impossible("minimum", "exclusiveMaximum", true);
        impossible("exclusiveMinimum", "exclusiveMaximum", true);
        impossible("minLength", "maxLength", false);
        impossible("minItems", "maxItems", false);
        impossible("minProperties", "maxProperties", false);
    }

    private void impossible(String lower, String upper, boolean exclusive) {
        if (schema.get(lower) instanceof JsonValue.Number least
                && schema.get(upper) instanceof JsonValue.Number most
                && least.value().compareTo(most.value()) >= (exclusive ? 0 : 1)) {
            flaw(
                    "No value of " + where + " could ever be right: its " + lower + " is "
                            + least.value().toPlainString() + " and its " + upper + " is "
                            + most.value().toPlainString(),
                    "correct the constraints.");
        }
    }

    private boolean text(Mirror mirror) {
        if (!isText()) {
            misfit(mirror, "texts");
        }
        return isText();
    }

    private boolean isText() {
        var format = schema.get("format");
        return is("string")
                && !schema.containsKey("enum")
                && (format == null || format.equals(JsonValue.of("email")))
                && !schema.containsKey("contentEncoding");
    }

    private boolean is(String type) {
        return JsonValue.of(type).equals(schema.get("type"));
    }

    private String label(Mirror mirror) {
        return "@" + mirror.simpleName() + " on " + where;
    }

    private void misfit(Mirror mirror, String what) {
        flaw(label(mirror) + " has no meaning there: it is about " + what, "remove it, or put it where it belongs.");
    }

    private void flaw(String sentence, String fix) {
        flaws.accept(new Flaw(Tag.BAD_CONSTRAINT, sentence + ".", fix));
    }
}
