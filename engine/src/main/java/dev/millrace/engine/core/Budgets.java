package dev.millrace.engine.core;

import dev.millrace.engine.Failure;
import dev.millrace.engine.Held;
import dev.millrace.engine.Usage;
import dev.millrace.manifest.BudgetExceeded;
import dev.millrace.manifest.BudgetSpec;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.TreeMap;

/**
 * Holds what a run has used, and what its live attempts are expected to use, against the budgets of its workflow. Decides nothing.
 *
 * <p>An attempt is expected to use what it takes of the rate limit of the same name as the budget, if its step has one; once it has
 * settled that, what it settled.
 */
final class Budgets {
    private Budgets() {}

    /** What a budget has to say to another attempt of a task. */
    enum Stance {
        /** There is room. */
        GOES,
        /** There is room unless the live attempts use all that they are expected to. */
        WAITS,
        /** What has been used leaves no room. */
        EXCEEDED
    }

    /**
     * What undoes things, makes sure that nothing more is done, and says that the run failed is free: a run must be able to clean up
     * whatever it has spent.
     *
     * @param promised what others that go just now are expected to use
     */
    static Stance stance(Task task, BudgetSpec budget, double promised) {
        if (!applies(task)) {
            return Stance.GOES;
        }
        var run = task.run;
        double limit = limit(run, budget);
        double estimate = estimate(task, budget.name());
        double used = run.used.amount(budget.name());
        if (used >= limit || used + estimate > limit) {
            return Stance.EXCEEDED;
        }
        double taken = used + run.funds.expected(budget.name()) + promised;
        return taken >= limit || taken + estimate > limit ? Stance.WAITS : Stance.GOES;
    }

    /** Whether budgets have a say in it. */
    static boolean applies(Task task) {
        return task.seal == null && task.run.version.plan.isStep(task.node.number);
    }

    /** The first budget that takes this stance; null for none. */
    static BudgetSpec find(Task task, Stance stance) {
        for (var budget : task.run.version.plan.budgets) {
            if (stance(task, budget, 0) == stance) {
                return budget;
            }
        }
        return null;
    }

    /** How much the run may use in all. */
    static double limit(Run run, BudgetSpec budget) {
        var raised = run.allowance.raised().amounts().get(budget.name());
        return raised == null ? budget.limit() : Math.max(raised, budget.limit());
    }

    /** What an attempt takes of the rate limit of the same name, if its step has one, is what it is expected to use. */
    static long estimate(Task task, String name) {
        var takes = task.takes();
        for (int i = 0; i < takes.size(); i++) {
            if (takes.get(i).limit().equals(name)) {
                return task.reserved(i);
            }
        }
        return 0;
    }

    /** What the live attempt of a task is expected to use beyond what it has said. */
    static Usage outstanding(Task task) {
        var plan = task.run.version.plan;
        if (plan.budgets.isEmpty() || !plan.isStep(task.node.number)) {
            return Usage.NONE;
        }
        var more = new TreeMap<String, Long>();
        for (var budget : plan.budgets) {
            long estimate = estimate(task, budget.name());
            long all = task.spent.settled().amounts().getOrDefault(budget.name(), estimate);
            long rest = all - task.spent.used().amount(budget.name());
            if (estimate > 0 && rest > 0) {
                more.put(budget.name(), rest);
            }
        }
        return Usage.of(more);
    }

    /** How a task is held that does not go. */
    static Held held(Task task, BudgetSpec budget, Instant since) {
        return new Held(
                budget.name(),
                since,
                limit(task.run, budget),
                budget.exceeded() == BudgetExceeded.ASK && stance(task, budget, 0) == Stance.EXCEEDED);
    }

    static Failure failure(Task task, BudgetSpec budget) {
        long used = task.run.used.amount(budget.name());
        long estimate = estimate(task, budget.name());
        return new Failure(
                Failure.BUDGET_EXCEEDED,
                "Run " + task.run.id + " has used " + used + " of '" + budget.name() + "', and its budget is "
                        + text(limit(task.run, budget)) + "; so attempt " + (task.attempt + 1) + " of step '"
                        + task.node.name + "'"
                        + (estimate > 0 ? ", which is expected to use " + estimate + "," : "")
                        + " does not begin. Raise the budget, or use less.",
                "",
                true,
                0,
                "");
    }

    static String text(double limit) {
        return BigDecimal.valueOf(limit).stripTrailingZeros().toPlainString();
    }
}
