package dev.millrace.client;

import dev.millrace.TypeRef;
import dev.millrace.rest.model.RunState;
import dev.millrace.wire.runs.v1.RunEnded;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * One run that has been started. It goes on whether or not anybody holds its handle; {@link WorkflowClient#get} makes
 * another one from the id. Safe for use by many threads.
 *
 * @param <R> what the run results in; {@code Void} for a workflow without result
 */
public final class RunHandle<R> {
    private final RunAccess access;
    private final UUID run;
    private final TypeRef<R> type;

    // Both under the lock of this handle: the number under which the stream follows the run, and how many wait for it.
    private long following;
    private int waiting;
    private CompletableFuture<RunEnded> ended;

    RunHandle(RunAccess access, UUID run, TypeRef<R> type) {
        this.access = access;
        this.run = run;
        this.type = type;
    }

    /** A handle of a run that is followed since its start. */
    RunHandle(RunAccess access, UUID run, TypeRef<R> type, Start start) {
        this(access, run, type);
        this.following = start.follow();
        this.ended = start.ended();
    }

    /** The id of the run: a UUID of version 7. */
    public String id() {
        return run.toString();
    }

    /**
     * Waits for the result.
     *
     * @param limit how long to wait; the run itself is not affected by it
     * @return the result; {@code null} for a workflow without one
     * @throws RunFailedException if a step failed for good
     * @throws RunCancelledException if somebody cancelled the run
     * @throws RunTimedOutException if the run's own deadline passed
     * @throws ResultTimeoutException if the run has not ended within the limit
     */
    public R result(Duration limit) {
        var end = await(limit);
        if (end.failure().isPresent()) {
            throw end.failure().get();
        }
        return end.result().orElse(null);
    }

    /** Waits for the result as long as {@link Millrace.Builder#resultTimeout} says, 5 minutes by default. */
    public R result() {
        return result(access.resultTimeout());
    }

    /**
     * Waits for the end, however the run ends.
     *
     * @param limit how long to wait; the run itself is not affected by it
     * @throws ResultTimeoutException if the run has not ended within the limit
     */
    public RunEnd<R> await(Duration limit) {
        var answer = follow();
        try {
            return read(Waits.until(answer, limit, () -> new ResultTimeoutException(id(), limit)));
        } finally {
            release();
        }
    }

    /**
     * The end of the run as a stage that completes when it comes, however the run ends. It completes exceptionally only if
     * the run cannot be followed: because it is unknown, the token is refused, or this process closed its {@link Millrace}.
     * What depends on it runs on threads of this {@link Millrace} and may block.
     */
    public CompletionStage<RunEnd<R>> ended() {
        return follow().handleAsync(
                        (end, failure) -> {
                            if (failure != null) {
                                throw new CompletionException(Waits.rethrown(failure));
                            }
                            return read(end);
                        },
                        access.callbacks());
    }

    /**
     * Asks for the run to be cancelled: its live attempts are stopped and what it did is compensated. Returns as soon as
     * that is stored; the run ends later.
     *
     * @param reason for whoever reads the history later; 1 to 1000 characters
     * @return whether the run will be cancelled; false if it had ended already
     */
    public boolean cancel(String reason) {
        if (reason.isBlank() || reason.length() > 1000) {
            throw new IllegalArgumentException(
                    "A reason to cancel a run has 1 to 1000 characters, but this one has " + reason.length() + ".");
        }
        String state = Waits.until(
                access.stream().cancel(run, reason),
                access.answerTimeout(),
                () -> access.silent("Whether run " + id() + " is cancelled is unknown; cancel it again."));
        return state.equals("CANCELLING");
    }

    /** The state that the run is in now. */
    public RunState state() {
        return access.state(run);
    }

    @Override
    public String toString() {
        return "run " + id();
    }

    private synchronized CompletableFuture<RunEnded> follow() {
        waiting++;
        if (ended == null || ended.isCompletedExceptionally()) {
            var follow = access.stream().follow(run);
            following = follow.number();
            ended = follow.ended();
        }
        return ended;
    }

    /** Stops following when the last one who waited has given up, so that nothing is kept for nobody. */
    private synchronized void release() {
        waiting--;
        if (waiting == 0 && following != 0 && !ended.isDone()) {
            access.stream().unfollow(following);
            following = 0;
            ended = null;
        }
    }

    private RunEnd<R> read(RunEnded end) {
        var state = RunState.fromValue(end.getState());
        String message = end.getError().getMessage();
        Optional<RunException> failure = switch (state) {
            case SUCCEEDED -> Optional.empty();
            case CANCELLED -> Optional.of(new RunCancelledException(id(), message));
            case TIMED_OUT -> Optional.of(new RunTimedOutException(id(), message));
            default ->
                Optional.of(new RunFailedException(
                        id(), end.getError().getCode(), message, end.getFailedStep(), end.getCompensated()));
        };
        Optional<R> result = state == RunState.SUCCEEDED && !end.getResult().isEmpty()
                ? Optional.of(access.codec().read(end.getResult().toByteArray(), type))
                : Optional.empty();
        return new RunEnd<>(id(), state, result, failure, end.getCompensated());
    }
}
