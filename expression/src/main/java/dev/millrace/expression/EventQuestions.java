package dev.millrace.expression;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.JsonValue;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Compiles what is asked of events, and remembers the {@value #MOST} used last: many that wait ask the same with other values.
 * Safe for use by several threads.
 */
public final class EventQuestions {
    /** How many compiled conditions are remembered; about 20 MB. */
    static final int MOST = 2_000;

    private static final Map<String, ValueType> EVENT =
            Map.of("event", ValueType.ANY, "metadata", new ValueType.MapOf(ValueType.TEXT), "name", ValueType.TEXT);

    private record Wanted(String where, Set<String> names) {}

    private final Map<Wanted, Expression> compiled = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Wanted, Expression> eldest) {
            return size() > MOST;
        }
    };

    /**
     * Refuses a question that cannot be answered.
     *
     * @throws InvalidExpressionException with every mistake and its column
     * @throws IllegalArgumentException if a value has a name that the event has, or that cannot stand in CEL
     */
    public void require(EventQuestion question) {
        compile(question);
    }

    /** Whether an event is what is asked for; one of which it cannot be told is not. */
    public boolean holds(EventQuestion question, String name, JsonValue event, JsonValue metadata) {
        var variables = new HashMap<>(question.values());
        variables.put("event", event);
        variables.put("metadata", metadata);
        variables.put("name", JsonValue.of(name));
        try {
            return compile(question).holds(variables);
        } catch (EvaluationException e) {
            return false;
        }
    }

    private Expression compile(EventQuestion question) {
        var wanted = new Wanted(question.where(), question.values().keySet());
        synchronized (compiled) {
            var known = compiled.get(wanted);
            if (known != null) {
                return known;
            }
        }
        // Outside of the lock: others must not wait while one is compiled. Two at once make the same.
        var made = new Expressions(scope(wanted.names())).compile(wanted.where(), Purpose.CONDITION);
        synchronized (compiled) {
            compiled.put(wanted, made);
        }
        return made;
    }

    private static Scope scope(Set<String> names) {
        var variables = new HashMap<>(EVENT);
        for (var name : names) {
            if (!name.matches("[A-Za-z_]\\w*") || variables.put(name, ValueType.ANY) != null) {
                throw new IllegalArgumentException("A value cannot be bound to the name '" + name
                        + "': it is a letter, then letters, digits and _, and neither event, metadata nor name.");
            }
        }
        return Scope.of(variables);
    }
}
