package dev.millrace.engine;

import dev.millrace.engine.Effect.Argument;
import dev.millrace.engine.Effect.Form;
import dev.millrace.manifest.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says how the arguments of a task are made of the payloads of its run. */
final class Arguments {
    private Arguments() {}

    static List<Argument> of(Task task) {
        var run = task.run;
        var parameters = run.plan.parameters(task.node);
        var arguments = new ArrayList<Argument>(parameters.length);
        for (int i = 0; i < parameters.length; i++) {
            var parameter = parameters[i];
            if (parameter.source() == ParameterSpec.Source.INPUT) {
                arguments.add(
                        new Argument(i, Form.WHOLE, List.of(run.input), -1, TaskState.SUCCEEDED, Optional.empty()));
            } else if (parameter.source() == ParameterSpec.Source.STEP) {
                arguments.add(ofStep(task, i, run.plan.source(task.node, i), parameter.mode()));
            }
        }
        return arguments;
    }

    private static Argument ofStep(Task task, int position, int source, ParameterSpec.Mode mode) {
        var node = task.run.nodes[source];
        var outcome = node.ended() ? node.outcome() : TaskState.SKIPPED;
        if (outcome != TaskState.SUCCEEDED) {
            return new Argument(
                    position, Form.WHOLE, List.of(Payload.NONE), -1, outcome, Optional.ofNullable(node.failure()));
        }
        if (mode == ParameterSpec.Mode.EACH && task.run.plan.mapped(source)) {
            var part = node.tasks[task.element].result;
            return new Argument(position, Form.WHOLE, List.of(part), -1, outcome, Optional.empty());
        }
        if (mode == ParameterSpec.Mode.EACH) {
            return new Argument(
                    position, Form.ELEMENT, List.of(node.tasks[0].result), task.element, outcome, Optional.empty());
        }
        if (task.run.plan.mapped(source)) {
            var results = new ArrayList<Payload>(node.tasks.length);
            for (var part : node.tasks) {
                results.add(part.result);
            }
            return new Argument(position, Form.JOINED, results, -1, outcome, Optional.empty());
        }
        return new Argument(position, Form.WHOLE, List.of(node.tasks[0].result), -1, outcome, Optional.empty());
    }
}
