package dev.millrace.manifest;

import java.util.List;

/**
 * Which steps make up the result of a run. One step: its value. Several: a JSON object with one member per step. None:
 * the run has no result.
 *
 * @param steps names in the order of the members
 */
public record ResultSpec(List<String> steps) {
    public ResultSpec {
        steps = List.copyOf(steps);
    }
}
