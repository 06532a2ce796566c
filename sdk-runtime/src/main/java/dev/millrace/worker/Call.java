package dev.millrace.worker;

import dev.millrace.ActionFailedException;
import dev.millrace.binding.Answer;
import dev.millrace.binding.Arguments;
import dev.millrace.binding.Invoker;
import dev.millrace.connection.MillraceException;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Cancelled;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.wire.worker.v1.Restart;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The call of one method for one attempt: through its circuit, with its fallback, waited for if it is asynchronous. Whatever
 * happens there is an outcome: the control plane must never wait for an attempt that died of a bad value. Used by one thread at a
 * time.
 */
final class Call<W> {
    private final LiveAttempt attempt;
    private final ServedMethod<W> method;
    private final Arguments arguments;
    private final StepResults results;
    private final Executor executor;

    /**
     * Has not begun.
     *
     * @param executor reads and writes what asynchronous steps answer, so that their own threads need not
     */
    Call(LiveAttempt attempt, ServedMethod<W> method, Object[] arguments, StepResults results, Executor executor) {
        this.attempt = attempt;
        this.method = method;
        this.arguments = new Arguments(arguments);
        this.results = results;
        this.executor = executor;
    }

    /** Calls the method on this thread; the future is complete unless the method is asynchronous. */
    CompletableFuture<Outcome> run() {
        if (!attempt.enter()) {
            return CompletableFuture.completedFuture(stopped(Optional.empty()));
        }
        if (!method.circuit().admits()) {
            var open = new Ending.Broken(method.circuit().refusal(attempt.key().step()));
            return fallBack(open).orElseGet(() -> concluded(open));
        }
        return invoke(method.binding().invoker(), arguments).thenCompose(ending -> {
            if (hasLeft()) {
                return concluded(ending);
            }
            method.circuit().saw(ending, attempt.cancelled().isPresent());
            return fallBack(ending).orElseGet(() -> concluded(ending));
        });
    }

    /** Durable code that has left, or is not what it was, has neither failed nor succeeded. */
    private boolean hasLeft() {
        return attempt.durable()
                .filter(code -> code.left().isPresent()
                        || code.mismatch().isPresent()
                        || code.restarts().isPresent())
                .isPresent();
    }

    /** How a method ended. */
    sealed interface Ending {
        /** It returned; a void method nothing. */
        record Returned(Optional<Object> value) implements Ending {}

        /** It threw, or its stage failed. */
        record Threw(Throwable thrown) implements Ending {}

        /** It was not called, because its circuit is open. */
        record Broken(Failure failure) implements Ending {}
    }

    private CompletableFuture<Ending> invoke(Invoker<W> invoker, Arguments taken) {
        try {
            var value = invoker.invoke(method.workflow(), taken);
            if (method.binding().answer() == Answer.STAGE && value instanceof CompletionStage<?> stage) {
                return attempt.leaveTo(stage)
                        .handleAsync(
                                (answer, thrown) -> thrown == null
                                        ? new Ending.Returned(Optional.ofNullable(answer))
                                        : new Ending.Threw(unwrapped(thrown)),
                                executor);
            }
            return CompletableFuture.completedFuture(new Ending.Returned(Optional.ofNullable(value)));
        } catch (Throwable thrown) {
            return CompletableFuture.completedFuture(new Ending.Threw(thrown));
        }
    }

    /** What a stage fails with comes wrapped or not, depending on how it was made. */
    private static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null
                ? unwrapped(thrown.getCause())
                : thrown;
    }

    /** Lets the fallback answer where the method has one, did not answer itself, and no attempt follows. */
    private Optional<CompletableFuture<Outcome>> fallBack(Ending ending) {
        var fallback = method.binding().fallback();
        if (fallback.isEmpty() || attempt.cancelled().isPresent() || !answeredByFallback(ending)) {
            return Optional.empty();
        }
        attempt.resume();
        return Optional.of(invoke(fallback.get(), arguments.and(reason(ending)))
                .thenCompose(answer -> concluded(withReason(answer, ending))));
    }

    /** Why the fallback is asked. */
    private static Throwable reason(Ending ending) {
        if (ending instanceof Ending.Threw threw) {
            return threw.thrown();
        }
        var failure = ((Ending.Broken) ending).failure();
        return new MillraceException(failure.getType(), failure.getMessage());
    }

    private boolean answeredByFallback(Ending ending) {
        if (ending instanceof Ending.Threw threw) {
            return attempt.assignment().getRetriesLeft() == 0
                    || Failures.thrown(threw.thrown(), method.binding()).getNonRetryable();
        }
        return ending instanceof Ending.Broken;
    }

    /** A fallback that fails too must not hide why it was asked. */
    private static Ending withReason(Ending answer, Ending reason) {
        if (answer instanceof Ending.Threw second
                && reason instanceof Ending.Threw first
                && second.thrown() != first.thrown()) {
            second.thrown().addSuppressed(first.thrown());
        }
        return answer;
    }

    private CompletableFuture<Outcome> concluded(Ending ending) {
        attempt.leave();
        return CompletableFuture.completedFuture(outcome(ending));
    }

    /** What became of an attempt that was cancelled before its method was entered. */
    Outcome notEntered() {
        return stopped(Optional.empty());
    }

    /** What becomes of the attempt when its method ends so. */
    Outcome outcome(Ending ending) {
        if (attempt.durable().isPresent()) {
            var code = attempt.durable().get();
            if (attempt.cancelled().isEmpty() && code.mismatch().isPresent()) {
                return failed(Failures.of("CHECKPOINT_MISMATCH", code.mismatch().get()).toBuilder()
                        .setNonRetryable(false)
                        .build());
            }
            if (attempt.cancelled().isEmpty() && code.restarts().isPresent()) {
                return new Outcome.Ended(completion()
                        .setRestart(Restart.newBuilder()
                                .setInput(ByteString.copyFrom(code.restarts().get()))));
            }
            if (attempt.cancelled().isEmpty() && code.left().isPresent()) {
                return new Outcome.Suspended(code.left().getAsInt(), code.needs());
            }
        }
        if (ending instanceof Ending.Returned returned) {
            return returned(returned.value());
        }
        var cause = ending instanceof Ending.Threw threw ? Optional.of(threw.thrown()) : Optional.<Throwable>empty();
        if (attempt.cancelled().isPresent()) {
            return stopped(cause);
        }
        return failed(
                ending instanceof Ending.Broken broken
                        ? broken.failure()
                        : forGood(Failures.thrown(cause.orElseThrow(), method.binding()), cause.orElseThrow()));
    }

    /** What failed for good in durable code is stored as such: the next attempt would be told the same. */
    private Failure forGood(Failure failure, Throwable thrown) {
        return attempt.durable().isPresent() && thrown instanceof ActionFailedException
                ? failure.toBuilder().setNonRetryable(true).build()
                : failure;
    }

    private Outcome returned(Optional<Object> value) {
        // What the worker itself asked to stop has made it after all; what the control plane stopped is not wanted any
        // more.
        if (attempt.cancelled()
                .filter(reason -> !reason.equals(AttemptRunner.STOPPING))
                .isPresent()) {
            return stopped(Optional.empty());
        }
        var completion = completion();
        results.put(method, value, completion);
        return new Outcome.Ended(completion);
    }

    private Outcome stopped(Optional<Throwable> thrown) {
        String reason = attempt.cancelled().orElse("");
        if (reason.equals(AttemptRunner.STOPPING)) {
            return new Outcome.GivenBack();
        }
        if (reason.equals(AttemptRunner.OVERDUE)) {
            return overdue(thrown);
        }
        return cancelled(attempt);
    }

    /** The control plane wanted the attempt to stop, and it has. */
    static Outcome cancelled(LiveAttempt attempt) {
        return new Outcome.Ended(completion(attempt).setCancelled(Cancelled.getDefaultInstance()));
    }

    private Outcome overdue(Optional<Throwable> thrown) {
        var failure = thrown.map(cause -> Failures.thrown(cause, method.binding()).toBuilder())
                .orElseGet(Failure::newBuilder);
        // What the method made of its interruption does not decide whether the step is tried again.
        return failed(failure.clearNonRetryable()
                .clearRetryAfterMillis()
                .clearRateLimit()
                .setType("STEP_TIMEOUT")
                .setMessage("The attempt ran longer than its timeout of "
                        + attempt.assignment().getTimeoutMillis() + " ms and was interrupted.")
                .build());
    }

    private Outcome failed(Failure failure) {
        return new Outcome.Ended(completion().setFailure(failure));
    }

    private Completion.Builder completion() {
        return completion(attempt);
    }

    static Completion.Builder completion(LiveAttempt attempt) {
        var now = attempt.now();
        var started = attempt.started().equals(Instant.EPOCH) ? now : attempt.started();
        var completion = Completion.newBuilder()
                .setAttempt(attempt.assignment().getAttempt())
                .setStartedMicros(AttemptRunner.micros(started))
                .setEndedMicros(AttemptRunner.micros(now));
        attempt.purse().close().ifPresent(completion::setSpent);
        return completion;
    }
}
