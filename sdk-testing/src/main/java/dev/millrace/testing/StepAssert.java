package dev.millrace.testing;

import dev.millrace.rest.model.TaskState;

/** Says what must be true of one step of a run; of a mapped step, of its first element. For one thread. */
public final class StepAssert {
    private final RunAssert whole;
    private final TestRun run;
    private final String step;

    StepAssert(RunAssert whole, TestRun run, String step) {
        this.whole = whole;
        this.run = run;
        this.step = step;
        run.stateOf(step); // refuses a name that is none
    }

    /** It succeeded. */
    public StepAssert succeeded() {
        return is(TaskState.SUCCEEDED);
    }

    /** It failed for good. */
    public StepAssert failed() {
        return is(TaskState.FAILED);
    }

    /** It was skipped. */
    public StepAssert skipped() {
        return is(TaskState.SKIPPED);
    }

    /** It was cancelled. */
    public StepAssert cancelled() {
        return is(TaskState.CANCELLED);
    }

    /** It has not begun. */
    public StepAssert isPending() {
        return is(TaskState.PENDING);
    }

    /** It is in this state. */
    public StepAssert is(TaskState state) {
        if (run.stateOf(step) != state) {
            throw Expectation.failed(run, "step \"" + step + "\" to be " + state, "it is " + run.stateOf(step));
        }
        return this;
    }

    /** It has had so many attempts, those that were given back or lost included. */
    public StepAssert attempts(int number) {
        if (run.attemptsOf(step) != number) {
            throw Expectation.failed(
                    run, number + " attempts of step \"" + step + "\"", "there have been " + run.attemptsOf(step));
        }
        return this;
    }

    /** It is a {@code Loop} that is in this turn or waits for it, or ended with it; turns are counted from 1. */
    public StepAssert turn(int number) {
        if (run.turnOf(step) != number) {
            throw Expectation.failed(
                    run, "step \"" + step + "\" to be in turn " + number, "it is in turn " + run.turnOf(step));
        }
        return this;
    }

    /** Its attempts have used so much of something, those of all elements together. */
    public StepAssert used(String name, long amount) {
        if (run.usedBy(step, name) != amount) {
            throw Expectation.failed(
                    run,
                    amount + " of '" + name + "' to be used by step \"" + step + "\"",
                    "it is " + run.usedBy(step, name));
        }
        return this;
    }

    /** It is a mapped step with so many tasks. */
    public StepAssert elements(int number) {
        if (run.elementsOf(step) != number) {
            throw Expectation.failed(
                    run, number + " elements of step \"" + step + "\"", "there are " + run.elementsOf(step));
        }
        return this;
    }

    /** Goes on with another step. */
    public StepAssert step(String name) {
        return whole.step(name);
    }

    /** Goes back to the run. */
    public RunAssert run() {
        return whole;
    }
}
