package dev.millrace.expression;

import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.millrace.manifest.JsonValue;
import java.util.HashMap;
import java.util.Map;

/**
 * A checked expression, ready to be evaluated any number of times. Immutable; safe for use by many threads.
 */
public final class Expression {
    private final String source;
    private final Scope scope;
    private final CelRuntime.Program program;
    private final CelType resultType;
    private final Cost cost;

    Expression(String source, Scope scope, CelRuntime.Program program, CelType resultType, Cost cost) {
        this.source = source;
        this.scope = scope;
        this.program = program;
        this.resultType = resultType;
        this.cost = cost;
    }

    /** The text as it was written. */
    public String source() {
        return source;
    }

    /** CEL's name of the type of the value. */
    public String resultType() {
        return resultType.name();
    }

    /**
     * The value for these variables, each converted by its type in the scope.
     *
     * @return a {@code Boolean}, {@code Long}, {@code Double}, {@code String}, list or map
     * @throws EvaluationException if there is none
     */
    public Object evaluate(Map<String, JsonValue> variables) {
        var bound = new HashMap<String, Object>();
        variables.forEach((name, value) -> {
            var type = scope.variables().get(name);
            if (type != null) {
                bound.put(name, Values.bind(value, type, scope));
            }
        });
        var meter = cost.meter();
        try {
            var value = cost.grows() ? program.trace(bound, meter) : program.eval(bound);
            if (meter.exhausted()) {
                throw tooCostly();
            }
            if (Values.isUnknown(value)) {
                throw new EvaluationException(source, "it depends on a variable that was not given.");
            }
            return value;
        } catch (CelEvaluationException | IllegalStateException e) {
            throw meter.exhausted() ? tooCostly() : new EvaluationException(source, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The value for these variables, as JSON: times and durations as text in ISO 8601.
     *
     * @throws EvaluationException if there is none
     */
    public JsonValue json(Map<String, JsonValue> variables) {
        return Values.json(evaluate(variables));
    }

    private EvaluationException tooCostly() {
        return new EvaluationException(
                source,
                "it costs more than " + Expressions.MAX_COST + " steps; compare less, or go over fewer elements.");
    }

    /** Whether the condition holds; an expression of any other type is refused when it is compiled for this use. */
    public boolean holds(Map<String, JsonValue> variables) {
        var value = evaluate(variables);
        if (value instanceof Boolean condition) {
            return condition;
        }
        throw new EvaluationException(source, "it is " + value + ", which is neither true nor false.");
    }

    /** The value as the text of a key: text as it is, numbers and truth values as CEL writes them. */
    public String key(Map<String, JsonValue> variables) {
        var value = evaluate(variables);
        if (value instanceof String || value instanceof Long || value instanceof Boolean) {
            var key = value.toString();
            if (key.isEmpty() || key.length() > Expressions.MAX_KEY_LENGTH) {
                throw new EvaluationException(
                        source,
                        "a key has 1 to " + Expressions.MAX_KEY_LENGTH + " characters, not " + key.length() + ".");
            }
            return key;
        }
        throw new EvaluationException(source, "it is " + value + ", which is no text, whole number or truth value.");
    }

    @Override
    public String toString() {
        return source;
    }
}
