package dev.millrace.cli.demo.orders;

import dev.millrace.rest.model.Attempt;
import dev.millrace.rest.model.AttemptState;
import dev.millrace.rest.model.RunDetail;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.Task;
import dev.millrace.rest.model.TaskKind;
import dev.millrace.rest.model.TaskState;
import dev.millrace.samples.orders.simulated.ExpectedEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What became of one order, beside what had to become of it.
 *
 * @param placed the order
 * @param run its run, as the control plane tells it
 * @param deviations one sentence for each thing that is not as it must be
 */
record Verdict(Placed placed, RunDetail run, List<String> deviations) {
    private static final Set<String> UNDOABLE_STEPS = Set.of("charge", "reserve");

    Verdict {
        deviations = List.copyOf(deviations);
    }

    /** Compares. */
    static Verdict of(Placed placed, RunDetail run) {
        var deviations = new ArrayList<String>();
        var expected = placed.expected();
        var state = expected == ExpectedEnd.SHIPPED ? RunState.SUCCEEDED : RunState.FAILED;
        if (run.getState() != state) {
            deviations.add("must end as " + state + " (" + expected + "), but is " + run.getState()
                    + (run.getFailure() == null ? "" : ": " + run.getFailure().getMessage()));
        } else if (state == RunState.SUCCEEDED) {
            var result = String.valueOf(run.getResult());
            if (!result.contains("\"" + placed.order().id() + "\"")) {
                deviations.add("must result in the receipt of this order, but results in " + result);
            }
        } else {
            checkFailure(expected, run, deviations);
        }
        return new Verdict(placed, run, deviations);
    }

    private static void checkFailure(ExpectedEnd expected, RunDetail run, List<String> deviations) {
        var step = expected.failedStep().orElseThrow();
        if (tasks(run, TaskKind.STEP, TaskState.FAILED).stream().noneMatch(task -> step.equals(task.getStep()))) {
            deviations.add("must fail in the step " + step + ", which is not FAILED");
        }
        long done = tasks(run, TaskKind.STEP, TaskState.SUCCEEDED).stream()
                .filter(task -> UNDOABLE_STEPS.contains(task.getStep()))
                .count();
        long undone = tasks(run, TaskKind.COMPENSATION, TaskState.SUCCEEDED).size();
        if (undone != done) {
            deviations.add("must have undone " + done + " of its steps, but has undone " + undone);
        }
        if (run.getCompensated() != (done > 0)) {
            deviations.add("has " + done + " undoable steps, but says compensated = " + run.getCompensated());
        }
        if (expected == ExpectedEnd.UNDELIVERABLE && done != UNDOABLE_STEPS.size()) {
            deviations.add("must have been charged and reserved before it failed, but " + done + " of both was");
        }
        if (tasks(run, TaskKind.ON_FAILURE, TaskState.SUCCEEDED).isEmpty()) {
            deviations.add("must have alerted the staff, but has not");
        }
    }

    private static List<Task> tasks(RunDetail run, TaskKind kind, TaskState state) {
        return run.getTasks().stream()
                .filter(task -> task.getKind() == kind && task.getState() == state)
                .toList();
    }

    /** Whether the event came that the carrier tells of the parcel with. */
    boolean handedOver() {
        return tasks(run, TaskKind.STEP, TaskState.SUCCEEDED).stream()
                .anyMatch(task -> "handOver".equals(task.getStep()));
    }

    /** What only made sure that a step which is given up has not committed was no attempt at it. */
    private static boolean isSeal(Attempt attempt) {
        return attempt.getFailure() != null
                && "SEALED".equals(attempt.getFailure().getCode());
    }

    /** How many attempts failed or were lost and were followed by another one. */
    int retriedAttempts() {
        return run.getTasks().stream()
                .mapToInt(task -> {
                    int failed = (int) task.getAttempts().stream()
                            .filter(attempt -> attempt.getState() == AttemptState.FAILED
                                    || attempt.getState() == AttemptState.TIMED_OUT
                                    || attempt.getState() == AttemptState.LOST)
                            .filter(attempt -> !isSeal(attempt))
                            .count();
                    return task.getState() == TaskState.FAILED ? Math.max(0, failed - 1) : failed;
                })
                .sum();
    }
}
