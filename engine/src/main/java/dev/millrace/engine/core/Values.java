package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.Effect.Argument;
import dev.millrace.engine.Effect.Form;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a step finds in its parents: whether it can run with it, and its arguments. Reads only. */
final class Values {

    private static final int NO_ELEMENT = -1;

    private Values() {}

    /** Why a step whose parents have all ended cannot run; empty when it can. */
    static String obstacle(Run run, Plan.Node node) {
        for (var edge : node.edges) {
            var state = run.stateOf(edge.parent());
            boolean met = switch (edge.demand()) {
                case VALUE -> state == TaskState.SUCCEEDED && hasValue(run, edge.parent());
                case SUCCESS -> state == TaskState.SUCCEEDED;
                case OPTIONAL -> state == TaskState.SUCCEEDED || state == TaskState.SKIPPED;
                case OUTCOME -> true;
            };
            if (!met) {
                String parent = run.node(edge.parent()).name;
                return state == TaskState.SUCCEEDED
                        ? "step '" + parent + "' has no value"
                        : "step '" + parent + "' is " + state;
            }
        }
        return "";
    }

    /** Only what may be empty can lack a value: a step that returned nothing where it must not has been refused before. */
    private static boolean hasValue(Run run, int node) {
        return run.fan(node) != null || !run.node(node).mayBeEmpty || run.tasks[node].result.isPresent();
    }

    /** How many elements the list has that a step made. */
    static int elements(Run run, int node) {
        var fan = run.fan(node);
        return fan == null
                ? Math.max(0, run.tasks[node].elements)
                : fan.results().size();
    }

    static List<Argument> arguments(Task task) {
        var recipes = task.node.arguments;
        if (recipes.length == 1) {
            return List.of(argument(task, recipes[0]));
        }
        var arguments = new ArrayList<Argument>(recipes.length);
        for (var recipe : recipes) {
            arguments.add(argument(task, recipe));
        }
        return arguments;
    }

    /** What the expressions of a step may name: its arguments, where a task takes one element those of all its tasks. */
    static List<Argument> questioned(Run run, Plan.Node node) {
        var first = new Task(run, node, 0);
        var arguments = new ArrayList<Argument>(node.arguments.length);
        for (var recipe : node.arguments) {
            if (recipe.parent() == Plan.Recipe.WAIT || recipe.parent() == Plan.Recipe.TURN) {
                continue; // not there yet
            } else if (!recipe.each()) {
                arguments.add(argument(first, recipe));
            } else if (run.fan(recipe.parent()) != null) {
                arguments.add(joined(recipe, first, run.fan(recipe.parent())));
            } else {
                arguments.add(whole(recipe, run.tasks[recipe.parent()].result, TaskState.SUCCEEDED, Optional.empty()));
            }
        }
        return arguments;
    }

    private static Argument argument(Task task, Plan.Recipe recipe) {
        var run = task.run;
        if (recipe.parent() == Plan.Recipe.INPUT) {
            return whole(recipe, run.input, TaskState.SUCCEEDED, Optional.empty());
        }
        if (recipe.parent() == Plan.Recipe.WAIT) {
            var came = task.awaited.ofParameter(recipe.parameter());
            boolean inTime = came.state() == Checkpoint.State.DONE;
            return whole(recipe, came.value(), inTime ? TaskState.SUCCEEDED : TaskState.SKIPPED, Optional.empty());
        }
        if (recipe.parent() == Plan.Recipe.TURN) {
            var before = task.loop.state();
            return whole(
                    recipe, before, before.isPresent() ? TaskState.SUCCEEDED : TaskState.SKIPPED, Optional.empty());
        }
        var fan = run.fan(recipe.parent());
        if (fan != null) {
            return recipe.each()
                    ? whole(recipe, fan.results().get(task.element), TaskState.SUCCEEDED, Optional.empty())
                    : joined(recipe, task, fan);
        }
        var parent = run.tasks[recipe.parent()];
        if (parent == null) {
            return whole(recipe, Payload.NONE, TaskState.SKIPPED, Optional.empty());
        }
        if (recipe.each()) {
            return new Argument(
                    recipe.parameter(),
                    Form.ELEMENT,
                    List.of(parent.result),
                    task.element,
                    TaskState.SUCCEEDED,
                    Optional.empty());
        }
        return whole(recipe, parent.result, seen(parent.state, parent.failure), failure(parent));
    }

    private static Argument whole(Plan.Recipe recipe, Payload value, TaskState state, Optional<Failure> failure) {
        return new Argument(recipe.parameter(), Form.WHOLE, List.of(value), NO_ELEMENT, state, failure);
    }

    /** A compensation gets what there is to undo, even where the step failed as a whole. */
    private static Argument joined(Plan.Recipe recipe, Task task, Fan fan) {
        boolean isStep = task.run.version.plan.isStep(task.node.number);
        var failed = fan.state == TaskState.SUCCEEDED ? null : fan.firstFailed();
        boolean whole = fan.state == TaskState.SUCCEEDED || !isStep && fan.anySucceeded();
        if (!whole) {
            var failure = Optional.ofNullable(failed).map(part -> part.failure);
            return whole(recipe, Payload.NONE, seen(fan.state, failure.orElse(null)), failure);
        }
        return new Argument(
                recipe.parameter(), Form.JOINED, fan.results(), NO_ELEMENT, TaskState.SUCCEEDED, Optional.empty());
    }

    /** A parent that was given up did not run, as far as its successors can tell, or its last failure counts. */
    private static TaskState seen(TaskState state, Failure failure) {
        return switch (state) {
            case SUCCEEDED, SKIPPED, FAILED -> state;
            case CANCELLED -> failure == null ? TaskState.SKIPPED : TaskState.FAILED;
            case PENDING, QUEUED, ASSIGNED, RUNNING, WAITING, BACKING_OFF -> TaskState.SKIPPED;
        };
    }

    private static Optional<Failure> failure(Task parent) {
        return seen(parent.state, parent.failure) == TaskState.FAILED
                ? Optional.ofNullable(parent.failure)
                : Optional.empty();
    }
}
