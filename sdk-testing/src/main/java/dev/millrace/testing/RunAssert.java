package dev.millrace.testing;

import dev.millrace.RunFailure;
import dev.millrace.StepFailure;
import dev.millrace.TypeRef;
import dev.millrace.client.StreamItem;
import dev.millrace.rest.model.RunState;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * The newest attempt of a step that emitted something emitted these, in order, and nothing else: what somebody sees who draws the stream of a
     * repeated step afresh. All are of one class; of a mapped step, those of its first element.
     */
    public RunAssert emitted(String step, Object first, Object... others) {
        List<Object> expected = new ArrayList<>(List.of(first));
        expected.addAll(List.of(others));
        var newest = newest(step, first.getClass());
        if (!expected.equals(newest)) {
            throw Expectation.failed(run, "step '" + step + "' to have emitted " + expected, "it emitted " + newest);
        }
        return this;
    }

    private <T> List<T> newest(String step, Class<T> type) {
        var all = run.stream(step, type).stream()
                .filter(item -> item.element() == 0)
                .toList();
        return all.stream()
                .filter(item -> item.generation() == all.get(all.size() - 1).generation()
                        && item.attempt() == all.get(all.size() - 1).attempt())
                .map(StreamItem::value)
                .toList();
    }

    /** None of the steps emitted anything. */
    public RunAssert emittedNothing() {
        var all = run.stream(Object.class);
        if (!all.isEmpty()) {
            throw Expectation.failed(run, "nothing to be emitted", all.size() + " items are: " + all);
        }
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
