package dev.millrace.engine.core;

import dev.millrace.engine.Failure;
import dev.millrace.manifest.BudgetSpec;
import java.math.BigDecimal;

/** Holds what a run has used against the budgets of its workflow. Decides nothing. */
final class Budgets {
    private Budgets() {}

    /**
     * The budget that another attempt of a task would go beyond; null for none. What undoes things and says that the run failed is free:
     * a run must be able to clean up whatever it has spent.
     */
    static BudgetSpec exceeded(Task task) {
        var plan = task.run.version.plan;
        if (plan.budgets.isEmpty() || !plan.isStep(task.node.number)) {
            return null;
        }
        for (var budget : plan.budgets) {
            long used = task.run.used.amount(budget.name());
            if (used >= budget.limit() || used + (double) estimate(task, budget.name()) > budget.limit()) {
                return budget;
            }
        }
        return null;
    }

    /** Whether it is worth asking task by task: a run may have a hundred thousand. */
    static boolean mayBeExceeded(Run run) {
        for (var budget : run.version.plan.budgets) {
            if (run.used.amount(budget.name()) >= budget.limit() || run.version.plan.isEstimated(budget.name())) {
                return true;
            }
        }
        return false;
    }

    /** What an attempt takes of the rate limit of the same name, if its step has one, is what it is expected to use. */
    private static long estimate(Task task, String name) {
        var takes = task.takes();
        for (int i = 0; i < takes.size(); i++) {
            if (takes.get(i).limit().equals(name)) {
                return task.reserved(i);
            }
        }
        return 0;
    }

    static Failure failure(Task task, BudgetSpec budget) {
        long used = task.run.used.amount(budget.name());
        long estimate = estimate(task, budget.name());
        return new Failure(
                Failure.BUDGET_EXCEEDED,
                "Run " + task.run.id + " has used " + used + " of '" + budget.name() + "', and its budget is "
                        + BigDecimal.valueOf(budget.limit())
                                .stripTrailingZeros()
                                .toPlainString()
                        + "; so attempt " + (task.attempt + 1) + " of step '" + task.node.name + "'"
                        + (estimate > 0 ? ", which is expected to use " + estimate + "," : "")
                        + " does not begin. Raise the budget, or use less.",
                "",
                true,
                0,
                "");
    }
}
