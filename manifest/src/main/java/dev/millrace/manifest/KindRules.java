package dev.millrace.manifest;

import dev.millrace.manifest.ParameterSpec.Mode;
import dev.millrace.manifest.ParameterSpec.Source;
import java.util.List;

/** Checks that a step's kind, its parameters and what it returns or emits belong together. */
final class KindRules {
    private final Problems problems;

    KindRules(Problems problems) {
        this.problems = problems;
    }

    void check(StepSpec step, String path) {
        together(step, Source.DURABLE, step.kind() == StepSpec.Kind.DURABLE, "is of kind " + step.kind(), path);
        together(
                step,
                Source.EMITTER,
                step.stream().isPresent(),
                step.stream().isPresent() ? "has a stream" : "has no stream",
                path);
        boolean loop = step.output().kind() == OutputSpec.Kind.LOOP;
        for (int j = 0; j < step.parameters().size(); j++) {
            var at = path + ".parameters[" + j + "]";
            var parameter = step.parameters().get(j);
            if (parameter.source() == Source.TURN && !loop) {
                problems.report(
                        "KIND",
                        at + ".source",
                        "Parameter '" + parameter.name() + "' of step '" + step.name()
                                + "' is the turn before, but the step is no loop: its output is "
                                + step.output().kind() + ".");
            }
            parameter.awaits().ifPresent(wait -> awaits(parameter, wait, step.name(), at + ".awaits"));
        }
        if (loop && count(step, Source.TURN) > 1) {
            problems.report(
                    "KIND", path + ".parameters", "Step '" + step.name() + "' takes the turn before more than once.");
        }
        if (loop && step.policy().delivery() == Delivery.TRANSACTIONAL) {
            problems.report(
                    "KIND",
                    path + ".policy.delivery",
                    "Step '" + step.name()
                            + "' is a loop, and so cannot be TRANSACTIONAL: it would commit once, but has many"
                            + " turns.");
        }
        if (loop && step.kind() != StepSpec.Kind.PLAIN) {
            problems.report(
                    "KIND",
                    path + ".kind",
                    "Step '" + step.name() + "' is of kind " + step.kind() + " and so cannot be a loop.");
        }
        if (step.batch().isPresent() && (loop || step.kind() == StepSpec.Kind.DURABLE)) {
            problems.report(
                    "KIND",
                    path + ".batch",
                    "Step '" + step.name() + "' serves many tasks in one call and so cannot be "
                            + (loop ? "a loop." : "durable."));
        }
    }

    /** A parameter of this source is there, once, just when the step says so elsewhere. */
    private void together(StepSpec step, Source source, boolean wanted, String what, String path) {
        long count = count(step, source);
        if (count != (wanted ? 1 : 0)) {
            problems.report(
                    "KIND",
                    path + ".parameters",
                    "Step '" + step.name() + "' " + what + " and so needs "
                            + (wanted ? "one parameter" : "no parameter") + " of source " + source + ", but has "
                            + count + ".");
        }
    }

    private static long count(StepSpec step, Source source) {
        return step.parameters().stream()
                .filter(parameter -> parameter.source() == source)
                .count();
    }

    private void awaits(ParameterSpec parameter, WaitSpec wait, String step, String path) {
        if (parameter.source() == Source.EVENT) {
            if (!Names.isName(wait.name())) {
                problems.report(
                        "WAIT",
                        path + ".name",
                        "Step '" + step + "' waits for event \"" + wait.name() + "\", which is no name of an event.");
            }
            if (!wait.role().isEmpty()) {
                problems.report(
                        "WAIT",
                        path + ".role",
                        "Step '" + step + "' waits for event '" + wait.name() + "' from role '" + wait.role()
                                + "', but only forms are answered by a role.");
            }
        } else if (!wait.where().isEmpty()) {
            problems.report(
                    "WAIT",
                    path + ".where",
                    "Step '" + step + "' waits for the form \"" + wait.name()
                            + "\" on a condition, but whatever fits the" + " form is an answer.");
        }
    }

    /** What handlers may take: they run when nothing waits any more. */
    void checkHandler(String handler, List<ParameterSpec> parameters, String path) {
        for (int j = 0; j < parameters.size(); j++) {
            var source = parameters.get(j).source();
            boolean fits = switch (source) {
                case INPUT, STEP, CONTEXT, FAILURE -> true;
                case EVENT, APPROVAL, DURABLE, EMITTER, TURN -> false;
            };
            if (!fits) {
                problems.report(
                        "PARAMETER",
                        path + ".parameters[" + j + "].source",
                        "Handler '" + handler + "' takes a parameter of source " + source + ", but only steps may.");
            }
        }
    }

    /** What may be said about a value that is not there: only some sources have such values. */
    void checkMode(String owner, ParameterSpec parameter, String path) {
        boolean fits = switch (parameter.source()) {
            case STEP -> true;
            case EVENT, APPROVAL -> parameter.mode() == Mode.VALUE || parameter.mode() == Mode.OPTIONAL;
            case TURN -> parameter.mode() == Mode.OPTIONAL;
            case INPUT, CONTEXT, FAILURE, DURABLE, EMITTER -> parameter.mode() == Mode.VALUE;
        };
        if (!fits) {
            var wanted = switch (parameter.source()) {
                case EVENT, APPROVAL -> "VALUE or OPTIONAL";
                case TURN -> "OPTIONAL";
                case STEP, INPUT, CONTEXT, FAILURE, DURABLE, EMITTER -> "VALUE";
            };
            problems.report(
                    "PARAMETER",
                    path + ".mode",
                    "Parameter '" + parameter.name() + "' of '" + owner + "' is of source " + parameter.source()
                            + ", so its mode must be " + wanted + ", but is " + parameter.mode() + ".");
        }
    }
}
