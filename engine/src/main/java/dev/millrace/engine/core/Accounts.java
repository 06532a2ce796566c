package dev.millrace.engine.core;

import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Spent;
import dev.millrace.engine.Usage;

/**
 * Decides what counts of what attempts say that they spent. Only the live attempt of a task has a say, and it always says how much in
 * all: so what comes twice counts once.
 */
final class Accounts {
    private final Recorder recorder;
    private final Progress progress;

    Accounts(Recorder recorder, Progress progress) {
        this.recorder = recorder;
        this.progress = progress;
    }

    /** An attempt goes on, and says what it has spent so far. */
    void report(Task task, Spent spent) {
        progress.accept(task);
        if (!count(task, spent)) {
            progress.abort(task, Failure.USAGE_LIMIT, tooManyNames(task));
        }
    }

    /** An attempt leaves its worker, and says what it has spent. */
    void left(Task task, Spent spent) {
        count(task, spent);
    }

    /** An attempt has ended: returns how, which is a failure where it used more different things than are counted. */
    Outcome ended(Task task, Spent spent, Outcome outcome) {
        return count(task, spent) || !(outcome instanceof Outcome.Success || outcome instanceof Outcome.Again)
                ? outcome
                : new Outcome.Failed(new Failure(Failure.USAGE_LIMIT, tooManyNames(task), "", true, 0, ""));
    }

    /** Counts what is new of it; whether all of it could be counted. */
    private boolean count(Task task, Spent spent) {
        if (spent.isNone()) {
            return true;
        }
        var used = spent.used().fitting(task.run.used);
        var counted = Spent.of(used.atLeast(task.spent.used()), spent.settled());
        if (!counted.equals(task.spent)) {
            recorder.record(new Fact.AttemptSpent(task.run.tenant.id, recorder.now(), task.ref(), counted));
        }
        return used.equals(spent.used());
    }

    private static String tooManyNames(Task task) {
        return "Step '" + task.node.name + "' used something under one name too many: a run may use "
                + Usage.MOST_NAMES + " different things, and run " + task.run.id + " has used "
                + task.run.used.amounts().size()
                + ". What had room has been counted. Names say what is used, such as 'openai.tokens'; ids do not belong there.";
    }
}
