package dev.millrace.testing;

import dev.millrace.RunFailure;
import dev.millrace.StepFailure;
import dev.millrace.TypeRef;
import dev.millrace.rest.model.RunState;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Says what must be true of a run, and shows the run's history where it is not. Every method returns the object it can go on with:
 *
 * <pre>{@code
 * assertThat(run).failed().because("SEATS_GONE").at("seat").compensated()
 *     .step("pay").succeeded().attempts(3)
 *     .step("issue").skipped();
 * }</pre>
 *
 * <p>Asserting lets no time pass: {@link TestRun#await} does. For one thread.
 */
public final class RunAssert {
    private final TestRun run;

    RunAssert(TestRun run) {
        this.run = Objects.requireNonNull(run, "run");
    }

    /** The run succeeded. */
    public RunAssert succeeded() {
        return is(RunState.SUCCEEDED);
    }

    /** The run failed. */
    public RunAssert failed() {
        return is(RunState.FAILED);
    }

    /** The run was cancelled. */
    public RunAssert cancelled() {
        return is(RunState.CANCELLED);
    }

    /** The run's deadline passed. */
    public RunAssert timedOut() {
        return is(RunState.TIMED_OUT);
    }

    /** The run is in this state. */
    public RunAssert is(RunState state) {
        if (run.state() != state) {
            throw Expectation.failed(run, "the run to be " + state, "it is " + run.state());
        }
        return this;
    }

    /** The run has not ended. */
    public RunAssert goesOn() {
        if (run.hasEnded()) {
            throw Expectation.failed(run, "the run to go on", "it is " + run.state());
        }
        return this;
    }

    /** The run failed, or will, with this code: {@code STEP_FAILED}, {@code RUN_TIMEOUT}. */
    public RunAssert because(String code) {
        var failure = failure("because of " + code);
        if (!failure.code().equals(code)) {
            throw Expectation.failed(run, "the run to fail because of " + code, "it was " + failure.code());
        }
        return this;
    }

    /** The step that made the run fail. */
    public RunAssert at(String step) {
        var failed = failure("at step \"" + step + "\"").firstFailure().map(StepFailure::step);
        if (failed.filter(step::equals).isEmpty()) {
            throw Expectation.failed(
                    run,
                    "the run to fail at step \"" + step + "\"",
                    failed.map(other -> "it failed at \"" + other + "\"").orElse("no step made it fail"));
        }
        return this;
    }

    private RunFailure failure(String how) {
        return run.failure()
                .orElseThrow(() -> Expectation.failed(run, "the run to fail " + how, "it is " + run.state()));
    }

    /** Compensations ran, and to their end. */
    public RunAssert compensated() {
        if (!run.compensated()) {
            throw Expectation.failed(run, "the run to be compensated", "nothing, or not everything, was undone");
        }
        return this;
    }

    /** There was nothing to undo, or not all of it was undone. */
    public RunAssert notCompensated() {
        if (run.compensated()) {
            throw Expectation.failed(run, "the run not to be compensated", "everything was undone");
        }
        return this;
    }

    /** The run has used so much of something, failed attempts included: {@code used("openai.tokens", 1_200)}. */
    public RunAssert used(String name, long amount) {
        if (run.used(name) != amount) {
            throw Expectation.failed(run, amount + " of '" + name + "' to be used", "it is " + run.used(name));
        }
        return this;
    }

    /** The run succeeded with this result, which is read back from JSON as its class. */
    public RunAssert result(Object expected) {
        var actual = succeeded().value(TypeRef.of(expected.getClass()));
        if (!expected.equals(actual)) {
            throw Expectation.failed(run, "the result " + expected, "it is " + actual);
        }
        return this;
    }

    /** The run succeeded, and its result is as the assertions in the lambda demand. */
    public <R> RunAssert result(Class<R> type, Consumer<? super R> demands) {
        demands.accept(succeeded().value(TypeRef.of(type)));
        return this;
    }

    private <R> R value(TypeRef<R> type) {
        if (!run.hasResult()) {
            throw Expectation.failed(run, "a result", "the run has none");
        }
        return run.result(type);
    }

    /**
     * Goes on with a step, a compensation or the on-failure handler.
     *
     * @throws IllegalArgumentException if the workflow has nothing of that name
     */
    public StepAssert step(String name) {
        return new StepAssert(this, run, name);
    }
}
