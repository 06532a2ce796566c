package dev.millrace.client;

import dev.millrace.TypeRef;
import dev.millrace.connection.Pace;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.ShownState;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.runs.v1.RunEnded;
import java.lang.reflect.ParameterizedType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A run that was started over a connection of this process, or is followed by it. */
final class StartedRun<R> extends RunHandle<R> {
    private static final Set<RunState> ENDED =
            EnumSet.of(RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED, RunState.TIMED_OUT);

    private final RunAccess access;
    private final UUID run;
    private final TypeRef<R> type;

    // Both under the lock of this handle: the number under which the stream follows the run, and how many wait for it.
    private long following;
    private int waiting;
    private CompletableFuture<RunEnded> ended;

    StartedRun(RunAccess access, UUID run, TypeRef<R> type) {
        this.access = access;
        this.run = run;
        this.type = type;
    }

    /** A handle of a run that is followed since its start. */
    StartedRun(RunAccess access, UUID run, TypeRef<R> type, Start start) {
        this(access, run, type);
        this.following = start.follow();
        this.ended = start.ended();
    }

    @Override
    public String id() {
        return run.toString();
    }

    @Override
    public synchronized boolean isDone() {
        return (ended != null && ended.isDone()) || ENDED.contains(state());
    }

    @Override
    public R join() {
        return result();
    }

    @Override
    public R result(Duration limit) {
        var end = await(limit);
        if (end.failure().isPresent()) {
            throw end.failure().get();
        }
        return end.result().orElse(null);
    }

    @Override
    public R result() {
        return result(access.resultTimeout());
    }

    @Override
    public RunEnd<R> await(Duration limit) {
        var answer = follow();
        try {
            return read(Waits.until(answer, limit, () -> new ResultTimeoutException(id(), limit)));
        } finally {
            release();
        }
    }

    @Override
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

    @Override
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

    @Override
    public boolean signal(String name, Object data, String requestId) {
        return access.signal(run, name, data, requestId);
    }

    @Override
    public <T> T request(String name, Object data, Class<T> reply, Duration limit, String requestId) {
        return access.request(run, name, data, limit, requestId)
                .map(json -> access.codec().read(json, TypeRef.of(reply)))
                .orElseThrow(() -> new AnswerTimeoutException(id(), name, requestId, limit));
    }

    @Override
    public RunState state() {
        return access.state(run);
    }

    @Override
    public <T> Optional<T> state(Class<T> type) {
        var shown = access.shown(run);
        var steps = shown.stream().map(ShownState::getStep).distinct().toList();
        if (steps.size() > 1) {
            throw new IllegalStateException("Several steps of run " + id() + " show their state: "
                    + String.join(", ", steps) + ". Name one: state(\"" + steps.get(0) + "\", "
                    + type.getSimpleName() + ".class).");
        }
        return shown.stream().findFirst().map(first -> access.read(first, type));
    }

    @Override
    public <T> Optional<T> state(String step, Class<T> type) {
        return access.shown(run).stream()
                .filter(shown -> shown.getStep().equals(step))
                .findFirst()
                .map(shown -> access.read(shown, type));
    }

    @Override
    public <T> RunItems<T> stream(TypeRef<T> itemType, UnaryOperator<StreamOptions> options) {
        var chosen = options.apply(StreamOptions.none());
        var follower = new ItemFollower(access.controlPlane(), Pace.DEFAULT, run, chosen.step(), chosen.after());
        return new RunItems<>(
                id(),
                follower,
                access.codec(),
                itemType,
                chosen.patience().orElse(access.resultTimeout()),
                chosen.after());
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
        Optional<R> result = state == RunState.SUCCEEDED ? result(end.getResult()) : Optional.empty();
        return new RunEnd<>(id(), state, result, failure, end.getCompensated());
    }

    /** Without a value there is no result; where the result is an {@code Optional}, that is its value. */
    @SuppressWarnings("unchecked")
    private Optional<R> result(ByteString json) {
        if (!json.isEmpty()) {
            return Optional.of(access.codec().read(json.toByteArray(), type));
        }
        return type.type() instanceof ParameterizedType optional && optional.getRawType() == Optional.class
                ? (Optional<R>) Optional.of(Optional.empty())
                : Optional.empty();
    }
}
