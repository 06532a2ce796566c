package dev.millrace.worker;

import dev.millrace.binding.Answer;
import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import dev.millrace.wire.worker.v1.Cancelled;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.Failure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Runs one attempt from its assignment to its outcome, on the thread that calls it; an asynchronous step goes on without a
 * thread. Whatever happens there is an outcome: the control plane must never wait for an attempt that died of a bad value.
 */
final class AttemptRunner {
    /** Reasons to stop an attempt that begin on this worker; all others come from the control plane. */
    static final String STOPPING = "WORKER_STOPPING";

    static final String OVERDUE = "OVERDUE";

    private final Map<String, ServedWorkflow> workflows;
    private final Codec codec;
    private final StepResults results;
    private final Executor executor;

    /**
     * Has no attempts yet.
     *
     * @param executor reads and writes what asynchronous steps answer, so that their own threads need not
     */
    AttemptRunner(Map<String, ServedWorkflow> workflows, Codec codec, Executor executor) {
        this.workflows = workflows;
        this.codec = codec;
        this.results = new StepResults(codec);
        this.executor = executor;
    }

    private Optional<ServedMethod<?>> method(LiveAttempt attempt) {
        return Optional.ofNullable(workflows.get(attempt.assignment().getWorkflow()))
                .flatMap(workflow ->
                        Optional.ofNullable(workflow.methods().get(attempt.key().step())));
    }

    /** Runs it; the future is complete unless the step is asynchronous. */
    CompletableFuture<Outcome> run(LiveAttempt attempt) {
        var method = method(attempt);
        if (method.isEmpty()) {
            return now(failed(
                    attempt,
                    Failures.of(
                            "STEP_UNKNOWN",
                            "This worker was given step '" + attempt.key().step() + "' of workflow '"
                                    + attempt.assignment().getWorkflow() + "', which it does not have.")));
        }
        return run(attempt, method.get());
    }

    private CompletableFuture<Outcome> run(LiveAttempt attempt, ServedMethod<?> method) {
        Object[] arguments;
        try {
            var context = new AttemptContext(attempt, method.mapped());
            arguments = new CallArguments(codec, attempt.assignment(), context)
                    .of(method.binding().parameters());
        } catch (CodecException e) {
            return now(failed(
                    attempt,
                    Failures.of(
                            "ARGUMENT_INVALID",
                            "An argument of step '" + attempt.key().step() + "' cannot be read: " + e.getMessage())));
        }
        if (!attempt.enter()) {
            return now(stopped(attempt, method, Optional.empty()));
        }
        try {
            var value = method.call(arguments);
            if (method.binding().answer() == Answer.STAGE && value instanceof CompletionStage<?> stage) {
                return attempt.leaveTo(stage)
                        .handleAsync((answer, thrown) -> answered(attempt, method, answer, thrown), executor);
            }
            attempt.leave();
            return now(returned(attempt, method, Optional.ofNullable(value)));
        } catch (Throwable thrown) {
            attempt.leave();
            return now(threw(attempt, method, thrown));
        }
    }

    private Outcome answered(LiveAttempt attempt, ServedMethod<?> method, Object answer, Throwable thrown) {
        attempt.end();
        return thrown == null
                ? returned(attempt, method, Optional.ofNullable(answer))
                : threw(attempt, method, unwrapped(thrown));
    }

    /** What a stage fails with comes wrapped or not, depending on how it was made. */
    private static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null
                ? unwrapped(thrown.getCause())
                : thrown;
    }

    private Outcome returned(LiveAttempt attempt, ServedMethod<?> method, Optional<Object> value) {
        // What the worker itself asked to stop has made it after all; what the control plane stopped is not wanted any
        // more.
        if (attempt.cancelled().filter(reason -> !reason.equals(STOPPING)).isPresent()) {
            return stopped(attempt, method, Optional.empty());
        }
        var completion = completion(attempt);
        results.put(method, value, completion);
        return new Outcome.Ended(completion);
    }

    private Outcome threw(LiveAttempt attempt, ServedMethod<?> method, Throwable thrown) {
        return attempt.cancelled().isPresent()
                ? stopped(attempt, method, Optional.of(thrown))
                : failed(attempt, Failures.thrown(thrown, method.binding()));
    }

    private Outcome stopped(LiveAttempt attempt, ServedMethod<?> method, Optional<Throwable> thrown) {
        String reason = attempt.cancelled().orElse("");
        if (reason.equals(STOPPING)) {
            return new Outcome.GivenBack();
        }
        if (reason.equals(OVERDUE)) {
            var failure = thrown.map(cause -> Failures.thrown(cause, method.binding()).toBuilder())
                    .orElseGet(Failure::newBuilder);
            // What the method made of its interruption does not decide whether the step is tried again.
            return failed(
                    attempt,
                    failure.clearNonRetryable()
                            .clearRetryAfterMillis()
                            .clearRateLimit()
                            .setType("STEP_TIMEOUT")
                            .setMessage("The attempt ran longer than its timeout of "
                                    + attempt.assignment().getTimeoutMillis() + " ms and was interrupted.")
                            .build());
        }
        return new Outcome.Ended(completion(attempt).setCancelled(Cancelled.getDefaultInstance()));
    }

    private static CompletableFuture<Outcome> now(Outcome outcome) {
        return CompletableFuture.completedFuture(outcome);
    }

    private static Outcome failed(LiveAttempt attempt, Failure failure) {
        return new Outcome.Ended(completion(attempt).setFailure(failure));
    }

    private static Completion.Builder completion(LiveAttempt attempt) {
        var now = Instant.now();
        var started = attempt.started().equals(Instant.EPOCH) ? now : attempt.started();
        return Completion.newBuilder()
                .setAttempt(attempt.assignment().getAttempt())
                .setStartedMicros(micros(started))
                .setEndedMicros(micros(now));
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
