package dev.millrace.worker;

import dev.millrace.binding.Answer;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import dev.millrace.connection.MillraceException;
import java.util.List;
import java.util.Optional;

/**
 * Refuses what can be declared and compiled, but not run by this version. Whoever serves such a workflow is told so when the
 * worker starts, and not by a step that fails at night. An entry leaves this class when its behaviour arrives.
 */
final class NotYetRun {
    private NotYetRun() {}

    /**
     * Checks a workflow.
     *
     * @throws MillraceException with code {@code NOT_SUPPORTED}, naming the first thing that cannot be run
     */
    static <W> void refuse(WorkflowBinding<W> binding, List<MethodBinding<W>> methods) {
        for (var method : methods) {
            method.parameters()
                    .forEach(parameter -> what(parameter)
                            .ifPresent(what -> refuse(binding, "'" + method.name() + "' takes " + what)));
            if (method.answer() == Answer.LOOP) {
                refuse(binding, "'" + method.name() + "' returns a Loop");
            }
        }
    }

    private static Optional<String> what(Parameter parameter) {
        if (parameter instanceof Parameter.Turn) {
            return Optional.of("the turn before");
        }
        return Optional.empty();
    }

    private static void refuse(WorkflowBinding<?> binding, String what) {
        throw new MillraceException(
                "NOT_SUPPORTED",
                "Workflow '" + binding.workflow() + "' cannot be served: its step " + what
                        + ", which this version of the SDK cannot run yet. Nothing was registered. Take it out, or use"
                        + " a version that can.");
    }
}
