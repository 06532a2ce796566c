package dev.millrace.engine;

import java.util.Objects;

/**
 * Names one attempt of a task; the attempt's number is the fence that keeps late answers out.
 *
 * @param run the run
 * @param generation 1 for the first execution of the run, one more for each replay
 * @param node number of the step, compensation or handler in the {@link WorkflowPlan}
 * @param element 0 but for mapped steps
 * @param attempt number of the attempt, from 1
 */
public record AttemptRef(RunId run, int generation, int node, int element, int attempt) {
    public AttemptRef {
        Objects.requireNonNull(run, "run");
        if (generation < 1 || node < 0 || element < 0 || attempt < 1) {
            throw new IllegalArgumentException("No attempt can be named run " + run + ", generation " + generation
                    + ", node " + node + ", element " + element + ", attempt " + attempt + ".");
        }
    }
}
