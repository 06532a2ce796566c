package dev.millrace.engine;

import java.util.Map;
import java.util.Optional;

/**
 * What was evaluated when a run was started or replayed: the terms of the run as a whole, and those of the steps whose expressions
 * need no more than the run's input and metadata.
 *
 * @param run of the run as a whole; a run whose keys cannot be told fails before any of its steps begins
 * @param steps by number of the step; of a mapped step one for all its elements. A step with expressions that is not named is
 *     asked about when its parents have ended
 * @param requires texts that labels of the run's workers must equal, whatever its steps say of the same labels; of every step and
 *     handler
 * @param door what decided whether the start became a run of its own
 */
public record RunTerms(Verdict run, Map<Integer, Verdict> steps, Map<String, String> requires, DoorKeys door) {

    /** Of a run whose workflow has no expressions that could be evaluated at its start. */
    public static final RunTerms NONE = new RunTerms(Verdict.PLAIN, Map.of(), Map.of(), DoorKeys.NONE);

    /** Of a run that requires nothing of its own. */
    public RunTerms(Verdict run, Map<Integer, Verdict> steps) {
        this(run, steps, Map.of(), DoorKeys.NONE);
    }

    public RunTerms {
        steps = Map.copyOf(steps);
        requires = Map.copyOf(requires);
        if (run instanceof Verdict.HoldsNot) {
            throw new IllegalArgumentException("A run as a whole has no condition that could not hold.");
        }
    }

    /** The same, of a run that requires this of its workers. */
    public RunTerms requiring(Map<String, String> labels) {
        return labels.equals(requires) ? this : new RunTerms(run, steps, labels, door);
    }

    /** The same, of a start that met windows. */
    public RunTerms through(DoorKeys keys) {
        return keys.equals(door) ? this : new RunTerms(run, steps, requires, keys);
    }

    /** On what terms the run is admitted. */
    public Terms ofRun() {
        return run instanceof Verdict.Holds holds ? holds.terms() : Terms.NONE;
    }

    /** Why the run cannot be admitted; empty when it can. */
    public Optional<Failure> failure() {
        return run instanceof Verdict.Unknown unknown ? Optional.of(unknown.failure()) : Optional.empty();
    }

    /** What was found out about a step already. */
    public Optional<Verdict> step(int node) {
        return steps.isEmpty() ? Optional.empty() : Optional.ofNullable(steps.get(node));
    }
}
