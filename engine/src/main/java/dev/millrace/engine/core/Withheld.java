package dev.millrace.engine.core;

import dev.millrace.engine.core.Budgets.Stance;
import dev.millrace.engine.core.Tables.TaskEvent;
import dev.millrace.manifest.BudgetExceeded;
import dev.millrace.manifest.BudgetSpec;
import java.time.Instant;

/** Applies what budgets do to the tasks of a run: they hold back what has no money, and let it go when there is some. */
final class Withheld {
    private final Memory memory;
    private final States states;
    private final Steps steps;

    Withheld(Memory memory, States states, Steps steps) {
        this.memory = memory;
        this.states = states;
        this.steps = steps;
    }

    /** The run has used more: what of it queues may have no money any more. */
    void holdAgainstBudgets(Run run) {
        if (run.funds != null) {
            for (var budget : run.version.plan.budgets) {
                steps.unsettled.beyondBudget.addAll(
                        run.funds.beyond(budget.name(), run.used.amount(budget.name()), Budgets.limit(run, budget)));
            }
        }
    }

    /** A budget of its run holds a task back that queued. */
    void hold(Task task, BudgetSpec budget, Instant at) {
        steps.unqueue(task);
        states.move(task, TaskEvent.HELD);
        task.held = Budgets.held(task, budget, at);
        var run = task.run;
        run.funds.hold(task);
        task.due = Instants.of(
                Math.min(Instants.micros(run.deadline), task.trail == null ? Long.MAX_VALUE : task.trail.endMicros()));
        memory.timers.set(task, Instants.micros(task.due));
        run.waiting++;
        if (task.held.asks()) {
            asks(run);
        }
        States.note(task, at, "budget '" + budget.name() + "'");
    }

    private void asks(Run run) {
        run.allowance = run.allowance.asking();
        memory.rewaits(run);
    }

    /** What its attempts are expected to use may be less than before, or it may use more: what of it is held goes on if it can. */
    void letGo(Run run, Instant at) {
        if (run.funds != null && run.funds.isHolding()) {
            for (var budget : run.version.plan.budgets) {
                letGo(run, budget, at);
            }
        }
    }

    /** In their turn, so that none waits for ever because others need less. */
    private void letGo(Run run, BudgetSpec budget, Instant at) {
        double promised = 0;
        for (var task = run.funds.first(budget.name()); task != null; task = run.funds.first(budget.name())) {
            var stance = Budgets.stance(task, budget, promised);
            if (stance == Stance.GOES) {
                promised += Budgets.estimate(task, budget.name());
                steps.resume(task, at);
                continue;
            }
            if (stance == Stance.EXCEEDED && budget.exceeded() == BudgetExceeded.FAIL) {
                steps.resume(task, at); // to be refused
            } else if (stance == Stance.EXCEEDED && !task.held.asks()) {
                task.held = Budgets.held(task, budget, task.held.since());
                asks(run);
            }
            return;
        }
    }

    /** A run may use more of something. */
    void raised(Run run, String name, long limit, Instant at) {
        run.allowance = run.allowance.with(name, limit);
        for (var budget : run.version.plan.budgets) {
            if (budget.name().equals(name)) {
                run.funds.heldBy(name).forEach(task -> task.held = Budgets.held(task, budget, task.held.since()));
            }
        }
        memory.rewaits(run);
        letGo(run, at);
    }
}
