package dev.millrace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A CEL condition with its values: {@code where("event.question == q", "q", question.id())}. Values are bound to the
 * names in the expression and never become part of its text, so they cannot change its meaning.
 *
 * @param expression the CEL expression, over {@code event}, {@code metadata}, {@code name} and the bound names
 * @param values the values by name, in the order given; anything that the codec can write
 */
public record Where(String expression, Map<String, Object> values) {
    public Where {
        Objects.requireNonNull(expression, "expression");
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * A condition over the event alone, or with values.
     *
     * @param namesAndValues a name, its value, another name, its value, and so on
     * @throws IllegalArgumentException if a name is missing, not a string, or given twice
     */
    public static Where where(String expression, Object... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("where(\"" + expression
                    + "\") takes pairs of a name and a value, but got " + namesAndValues.length + " arguments.");
        }
        var values = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (!(namesAndValues[i] instanceof String name)) {
                throw new IllegalArgumentException("where(\"" + expression + "\") needs a name as argument " + (i + 1)
                        + ", but got " + namesAndValues[i] + ".");
            }
            if (values.put(name, Objects.requireNonNull(namesAndValues[i + 1], name)) != null) {
                throw new IllegalArgumentException("where(\"" + expression + "\") binds '" + name + "' twice.");
            }
        }
        return new Where(expression, values);
    }
}
