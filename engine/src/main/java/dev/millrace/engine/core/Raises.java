package dev.millrace.engine.core;

import dev.millrace.engine.Command.RaiseBudget;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.manifest.BudgetSpec;
import java.util.stream.Collectors;

/** Decides whether a run may use more. */
final class Raises {
    static final String BUDGET_NOT_FOUND = "BUDGET_NOT_FOUND";
    static final String BUDGET_NOT_RAISED = "BUDGET_NOT_RAISED";

    private final Recorder recorder;
    private final Progress progress;

    Raises(Recorder recorder, Progress progress) {
        this.recorder = recorder;
        this.progress = progress;
    }

    /** The same said twice is said once. */
    void raise(Run run, RaiseBudget command) {
        var budget = find(run.version.plan, command.budget());
        if (run.hasEnded()) {
            refuseFinished(command, run.state);
        } else if (budget == null) {
            recorder.refuse(command.replyTo(), BUDGET_NOT_FOUND, missing(run, command.budget()));
        } else if (command.limit() < Budgets.limit(run, budget)) {
            recorder.refuse(
                    command.replyTo(),
                    BUDGET_NOT_RAISED,
                    "Run " + run.id + " may use " + Budgets.text(Budgets.limit(run, budget)) + " of '" + budget.name()
                            + "' already, and " + command.limit()
                            + " would be less. Say how much it may use in all; to end it, cancel it.");
        } else {
            if (command.limit() > Budgets.limit(run, budget)) {
                record(run, command);
            }
            recorder.reply(
                    command.replyTo(),
                    new Reply.BudgetRaised(budget.name(), run.used.amount(budget.name()), command.limit()));
        }
    }

    private void record(Run run, RaiseBudget command) {
        recorder.record(new Fact.BudgetRaised(
                run.tenant.id,
                recorder.now(),
                run.id,
                command.budget(),
                command.limit(),
                command.by(),
                command.reason()));
        progress.settle(run);
    }

    private static BudgetSpec find(Plan plan, String name) {
        for (var budget : plan.budgets) {
            if (budget.name().equals(name)) {
                return budget;
            }
        }
        return null;
    }

    private static String missing(Run run, String name) {
        var budgets = run.version.plan.budgets;
        return "Workflow '" + run.version.ref.workflow() + "' of run " + run.id + " has no budget '" + name + "'"
                + (budgets.isEmpty()
                        ? ", nor any other: its runs may use as much as they like."
                        : ". It has "
                                + budgets.stream()
                                        .map(budget -> "'" + budget.name() + "'")
                                        .collect(Collectors.joining(", "))
                                + ".");
    }

    /** The run ended before it was asked. */
    void tooLate(RaiseBudget command, RunImage image) {
        refuseFinished(command, image.state());
    }

    private void refuseFinished(RaiseBudget command, RunState state) {
        recorder.refuse(
                command.replyTo(),
                Mail.RUN_FINISHED,
                "Run " + command.run() + " has ended as " + state + ", so it uses nothing any more.");
    }
}
