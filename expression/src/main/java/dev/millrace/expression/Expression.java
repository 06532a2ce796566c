package dev.millrace.expression;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.types.CelType;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.millrace.manifest.JsonValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A checked expression, ready to be evaluated any number of times. Immutable; safe for use by many threads.
 */
public final class Expression {
    private static final int MAX_WEIGHT = 1_000_000;

    private final String source;
    private final Scope scope;
    private final CelRuntime.Program program;
    private final CelType resultType;
    private final Cost cost;
    private final Set<String> names;

    Expression(
            String source, Scope scope, CelRuntime.Program program, CelType resultType, Cost cost, Set<String> names) {
        this.source = source;
        this.scope = scope;
        this.program = program;
        this.resultType = resultType;
        this.cost = cost;
        this.names = names;
    }

    /** The text as it was written. */
    public String source() {
        return source;
    }

    /** Those of the scope's variables that it names. */
    Set<String> names() {
        return names;
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
        return evaluate(bind(variables), new Purse(Expressions.MAX_COST));
    }

    /** The values of those of these variables that it names, made ready for all expressions of its scope. */
    Map<String, Object> bind(Map<String, JsonValue> variables) {
        var bound = new HashMap<String, Object>();
        names.forEach(name -> {
            var value = variables.get(name);
            if (value != null) {
                bound.put(name, Values.bind(value, scope.variables().get(name), scope));
            }
        });
        return bound;
    }

    /** As {@link #evaluate(Map)}, out of a purse that several evaluations share. */
    Object evaluate(Map<String, Object> bound, Purse purse) {
        var meter = cost.meter(Math.min(Expressions.MAX_COST, purse.left()));
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
        } finally {
            purse.spend(meter.spent());
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

    /**
     * All these variables, made ready for every expression that the same {@link Expressions} compiled: worth while where one event
     * is held against many filters.
     */
    public Bindings bindAll(Map<String, JsonValue> variables) {
        return Bindings.of(scope, variables);
    }

    /**
     * Whether the condition holds for variables that were bound before.
     *
     * @throws EvaluationException if it cannot be told
     * @throws IllegalArgumentException if they were bound for another scope
     */
    public boolean holds(Bindings bindings) {
        if (bindings.scope() != scope) {
            throw new IllegalArgumentException("\"" + source + "\" was compiled in another scope than its variables.");
        }
        return condition(evaluate(bindings.values(), new Purse(Expressions.MAX_COST)));
    }

    /** Whether the condition holds; an expression of any other type is refused when it is compiled for this use. */
    public boolean holds(Map<String, JsonValue> variables) {
        return condition(evaluate(variables));
    }

    boolean condition(Object value) {
        if (value instanceof Boolean condition) {
            return condition;
        }
        throw new EvaluationException(source, "it is " + value + ", which is neither true nor false.");
    }

    /** The value as the text of a key: text as it is, numbers and truth values as CEL writes them. */
    public String key(Map<String, JsonValue> variables) {
        return key(evaluate(variables));
    }

    String key(Object value) {
        if (value instanceof NullValue) {
            throw new EvaluationException(
                    source,
                    "it is null, which is nobody's key. Say what counts instead, as in: x == null ? 'none' : x.");
        }
        if (value instanceof String
                || value instanceof Long
                || value instanceof UnsignedLong
                || value instanceof Boolean) {
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

    /** The value as a number of tokens. */
    long cost(Object value) {
        if (value instanceof Long cost && cost >= 1) {
            return cost;
        }
        throw new EvaluationException(source, "it is " + value + "; a cost is a whole number of at least 1.");
    }

    /** The value as a weight. */
    double weight(Object value) {
        if (value instanceof Number number && number.doubleValue() > 0 && number.doubleValue() <= MAX_WEIGHT) {
            return number.doubleValue();
        }
        throw new EvaluationException(
                source, "it is " + value + "; a weight is a number above 0, and at most " + MAX_WEIGHT + ".");
    }

    @Override
    public String toString() {
        return source;
    }
}
