package dev.millrace.controlplane.workflows;

import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.SchemaCheck;
import dev.millrace.manifest.SchemaProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the steps of a version may return, made ready for checking. A result that is not what the manifest says would be found only
 * by the step that takes it, on another worker and with another name in the failure. Immutable.
 */
public final class StepOutputs {
    private static final int MOST_SHOWN = 5;

    private final String workflow;
    private final List<Output> outputs;

    /** @param schema empty when any value fits, or none */
    private record Output(String step, OutputSpec.Kind kind, Optional<SchemaCheck> schema) {}

    StepOutputs(Manifest manifest) {
        workflow = manifest.workflow();
        List<Output> each = new ArrayList<>(manifest.steps().size());
        for (var step : manifest.steps()) {
            var output = step.output();
            var open = output.kind() == OutputSpec.Kind.NONE || output.schema().equals(JsonValue.TRUE);
            each.add(new Output(
                    step.name(),
                    output.kind(),
                    open ? Optional.empty() : Optional.of(SchemaCheck.of(output.schema()))));
        }
        outputs = List.copyOf(each);
    }

    /**
     * Why a step cannot have this result: a sentence with the JSON path and what was found there.
     *
     * @param node number of the step; results of compensations and handlers have no schema, and anything fits
     * @param result a text that has passed as JSON; empty for no value
     */
    public Optional<String> problem(int node, byte[] result) {
        if (node >= outputs.size()) {
            return Optional.empty();
        }
        var output = outputs.get(node);
        if (result.length == 0) {
            return output.kind() == OutputSpec.Kind.VALUE || output.kind() == OutputSpec.Kind.LOOP
                    ? Optional.of(of(output, "$ is missing, but the step returns a value"))
                    : Optional.empty();
        }
        if (output.kind() == OutputSpec.Kind.NONE) {
            return Optional.of(of(output, "$ has %,d bytes, but the step returns nothing".formatted(result.length)));
        }
        return output.schema()
                .map(schema -> schema.check(result))
                .filter(problems -> !problems.isEmpty())
                .map(problems -> of(output, told(problems)));
    }

    private String of(Output output, String what) {
        return "The result of step " + output.step() + " does not match its output schema in workflow " + workflow
                + ": " + what + ".";
    }

    private static String told(List<SchemaProblem> problems) {
        return problems.stream()
                .limit(MOST_SHOWN)
                .map(problem -> problem.path() + " " + problem.message())
                .collect(Collectors.joining("; "));
    }
}
