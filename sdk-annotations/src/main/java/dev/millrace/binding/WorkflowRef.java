package dev.millrace.binding;

import dev.millrace.TypeRef;
import java.util.Objects;

/**
 * How a generated client names its workflow.
 *
 * @param <I> what a run is started with; {@code Void} for a workflow without input, started with {@code null}
 * @param <R> what a run results in; {@code Void} for a workflow without result
 * @param workflow the workflow's name
 * @param shape the shape hash that the client was compiled against: a control plane that has the workflow in another
 *     shape only refuses the start, so that types never disagree at run time
 * @param input the type of the input
 * @param result the type of the result
 */
public record WorkflowRef<I, R>(String workflow, String shape, TypeRef<I> input, TypeRef<R> result) {
    public WorkflowRef {
        Objects.requireNonNull(workflow, "workflow");
        Objects.requireNonNull(shape, "shape");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(result, "result");
    }
}
