package dev.millrace.controlplane.triggers.filters;

import dev.millrace.expression.Bindings;
import dev.millrace.expression.EvaluationException;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.manifest.JsonValue;
import java.util.IdentityHashMap;
import java.util.Map;

/** A filter that asks for the name of an event, ready to decide over it. Immutable; safe for use by several threads. */
public final class Candidate {
    private final Filter filter;
    private final Conditions conditions;

    Candidate(Filter filter, Conditions conditions) {
        this.filter = filter;
        this.conditions = conditions;
    }

    public Filter filter() {
        return filter;
    }

    /** One event, converted once for each workflow whose filters look at it. Used by one thread. */
    public static final class Subject {
        private final Map<String, JsonValue> variables;
        private final Map<Conditions, Bindings> bound = new IdentityHashMap<>(2);

        public Subject(JsonValue event, JsonValue metadata, String name) {
            this.variables = Map.of("event", event, "metadata", metadata, "name", JsonValue.of(name));
        }
    }

    /**
     * Whether the filter's condition holds.
     *
     * @throws EvaluationException when it has no value for this event
     * @throws InvalidExpressionException when it does not fit the workflow's latest version any more
     */
    public boolean holds(Subject subject) {
        if (filter.condition().isEmpty()) {
            return true;
        }
        var condition = conditions.compile(filter.condition());
        return condition.holds(subject.bound.computeIfAbsent(conditions, any -> condition.bindAll(subject.variables)));
    }
}
