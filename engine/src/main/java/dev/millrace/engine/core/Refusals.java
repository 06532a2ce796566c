package dev.millrace.engine.core;

import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.core.Budgets.Stance;
import dev.millrace.engine.scheduling.Holder;
import dev.millrace.manifest.BudgetSpec;

/** Decides about tasks and runs that a limit or a budget does not let go on: they wait, fail, or make room for others. */
final class Refusals {
    private final Memory memory;
    private final Unsettled unsettled;
    private final Recorder recorder;
    private final Progress progress;

    Refusals(Memory memory, Unsettled unsettled, Recorder recorder, Progress progress) {
        this.memory = memory;
        this.unsettled = unsettled;
        this.recorder = recorder;
        this.progress = progress;
    }

    /** Fails what can never go; cancels those that have to go because newer ones came, or that came when there was no room. */
    void makeRoom() {
        while (!unsettled.tooCostly.isEmpty()) {
            refuse(unsettled.tooCostly.remove());
        }
        while (!unsettled.beyondBudget.isEmpty()) {
            refuseMoney(unsettled.beyondBudget.remove());
        }
        while (!unsettled.toGo.isEmpty()) {
            var leaving = unsettled.toGo.remove();
            var run = memory.runs.get(leaving.holder().run());
            if (run == null || run.hasEnded()) {
                continue;
            }
            if (leaving.holder().node() == Holder.RUN) {
                if (!run.isHalted() && !run.isCleaningUp()) {
                    progress.cancel(run, reason(leaving));
                }
            } else {
                makeRoom(run, leaving);
            }
        }
    }

    /** There is no money for another attempt of the task: its run ends, or asks. */
    void refuseMoney(Task task) {
        var budget = task.state == TaskState.QUEUED ? Budgets.find(task, Stance.EXCEEDED) : null;
        if (budget == null) {
            return;
        }
        switch (budget.exceeded()) {
            case FAIL -> progress.fail(task.run, task.node, task.element, Budgets.failure(task, budget));
            case ASK -> hold(task, budget);
        }
        progress.settle(task.run);
    }

    void hold(Task task, BudgetSpec budget) {
        var run = task.run;
        recorder.record(new Fact.TaskHeld(
                run.tenant.id, recorder.now(), run.id, run.generation, task.node.number, task.element, budget.name()));
    }

    private void refuse(Task task) {
        int take = task.costsTooMuch();
        if (task.state != TaskState.QUEUED || task.seal != null || take < 0) {
            return;
        }
        var limit = task.node.takes.get(take).limit();
        progress.fail(
                task.run,
                task.node,
                task.element,
                Failure.of(
                        Failure.COST_ABOVE_BURST,
                        "Step '" + task.node.name + "' would take " + task.cost(take) + " tokens of rate limit '"
                                + limit
                                + "' at once, but its bucket holds "
                                + task.run.tenant.scheduler.limits().burst(limit)
                                + " at most, so it could never run. Raise the burst, or lower the cost."));
        progress.settle(task.run);
    }

    private void makeRoom(Run run, Permissions.Leaving leaving) {
        var holder = leaving.holder();
        var task = run.task(holder.node(), holder.element());
        if (task == null || task.state.isFinal() || task.isCancelling() || task.seal != null) {
            return;
        }
        recorder.record(new Fact.TaskCancelRequested(
                run.tenant.id,
                recorder.now(),
                run.id,
                run.generation,
                holder.node(),
                holder.element(),
                "concurrency limit '" + leaving.claim().limit() + "'",
                reason(leaving)));
        progress.stopLive(task, Progress.TASK_CANCELLED);
        progress.settle(run);
    }

    private static String reason(Permissions.Leaving leaving) {
        var claim = leaving.claim();
        int limit = leaving.tenant().scheduler.limits().limit(claim.limit());
        var rule = "concurrency limit '" + claim.limit() + "'"
                + (claim.key().isEmpty() ? "" : " of key '" + claim.key() + "'") + " lets " + limit
                + (limit == 1 ? " go on, and " : " go on at once, and ");
        return leaving.holder().equals(leaving.newcomer())
                ? rule + "there was no room when this one came"
                : rule + "run " + leaving.newcomer().run() + ", which is newer, took its place";
    }
}
