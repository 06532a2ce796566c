package dev.millrace.manifest;

import java.util.List;
import java.util.Objects;

/**
 * A method that the engine calls outside the DAG: a compensation or the on-failure handler.
 *
 * @param name name of the method, unique among the workflow's steps and handlers
 * @param parameters where its arguments come from; parents that have no value are handed over as absent
 * @param policy timeouts and retries of its own
 * @param line line of the method in its source file, 0 when unknown
 */
public record HandlerSpec(String name, List<ParameterSpec> parameters, StepPolicy policy, int line) {
    public HandlerSpec {
        Names.requireName("name", "handler", name);
        parameters = List.copyOf(parameters);
        Objects.requireNonNull(policy, "policy");
    }
}
