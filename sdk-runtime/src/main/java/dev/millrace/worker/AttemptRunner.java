package dev.millrace.worker;

import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Cancelled;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.wire.worker.v1.Success;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Runs one attempt from its assignment to its outcome, on the thread that calls it. Whatever happens there is an outcome: the
 * control plane must never wait for an attempt that died of a bad value.
 */
final class AttemptRunner {
    /** Reasons to stop an attempt that begin on this worker; all others come from the control plane. */
    static final String STOPPING = "WORKER_STOPPING";

    static final String OVERDUE = "OVERDUE";

    private static final int MOST_RESULT_BYTES = 1024 * 1024;

    private final Map<String, ServedWorkflow> workflows;
    private final Codec codec;

    AttemptRunner(Map<String, ServedWorkflow> workflows, Codec codec) {
        this.workflows = workflows;
        this.codec = codec;
    }

    private Optional<ServedMethod<?>> method(LiveAttempt attempt) {
        return Optional.ofNullable(workflows.get(attempt.assignment().getWorkflow()))
                .flatMap(workflow ->
                        Optional.ofNullable(workflow.methods().get(attempt.key().step())));
    }

    Outcome run(LiveAttempt attempt) {
        var method = method(attempt);
        if (method.isEmpty()) {
            return failed(
                    attempt,
                    Failures.of(
                            "STEP_UNKNOWN",
                            "This worker was given step '" + attempt.key().step() + "' of workflow '"
                                    + attempt.assignment().getWorkflow() + "', which it does not have."));
        }
        return run(attempt, method.get());
    }

    private Outcome run(LiveAttempt attempt, ServedMethod<?> method) {
        Object[] arguments;
        try {
            var context = new AttemptContext(attempt, method.mapped());
            arguments = new CallArguments(codec, attempt.assignment(), context)
                    .of(method.binding().parameters());
        } catch (CodecException e) {
            return failed(
                    attempt,
                    Failures.of(
                            "ARGUMENT_INVALID",
                            "An argument of step '" + attempt.key().step() + "' cannot be read: " + e.getMessage()));
        }
        if (!attempt.enter()) {
            return stopped(attempt, method, Optional.empty());
        }
        Object value;
        try {
            value = method.call(arguments);
        } catch (Throwable thrown) {
            attempt.leave();
            return attempt.cancelled().isPresent()
                    ? stopped(attempt, method, Optional.of(thrown))
                    : failed(attempt, Failures.thrown(thrown, method.binding()));
        }
        attempt.leave();
        // What the worker itself asked to stop has made it after all; what the control plane stopped is not wanted any
        // more.
        return attempt.cancelled().filter(reason -> !reason.equals(STOPPING)).isPresent()
                ? stopped(attempt, method, Optional.empty())
                : succeeded(attempt, method, Optional.ofNullable(value));
    }

    private Outcome succeeded(LiveAttempt attempt, ServedMethod<?> method, Optional<Object> value) {
        var type = method.binding().result();
        if (type.type() == Void.class || value.filter(Optional.empty()::equals).isPresent()) {
            return ended(attempt, Success.getDefaultInstance());
        }
        String step = "Step '" + attempt.key().step() + "' ";
        if (value.isEmpty()) {
            return failed(
                    attempt,
                    Failures.of(
                            "OUTPUT_INVALID",
                            step
                                    + "returned null. Return an Optional where there may be no value, so that steps which need it are"
                                    + " skipped."));
        }
        if (value.get() instanceof CompletionStage) {
            return failed(
                    attempt,
                    Failures.of(
                            "OUTPUT_INVALID",
                            step
                                    + "returned a CompletionStage, which this version cannot wait for; return the value."));
        }
        try {
            byte[] json = codec.write(value.get(), type);
            if (json.length > MOST_RESULT_BYTES) {
                return failed(
                        attempt,
                        Failures.of(
                                "OUTPUT_TOO_LARGE",
                                step + "returned " + json.length + " bytes of JSON, but a result may have "
                                        + MOST_RESULT_BYTES + ". Store it elsewhere and return where."));
            }
            Json.check(json);
            return ended(
                    attempt,
                    Success.newBuilder().setResult(ByteString.copyFrom(json)).build());
        } catch (CodecException | InvalidJsonException e) {
            return failed(
                    attempt,
                    Failures.of("OUTPUT_INVALID", step + "returned a value that cannot be stored: " + e.getMessage()));
        } catch (StackOverflowError e) {
            return failed(
                    attempt,
                    Failures.of(
                            "OUTPUT_INVALID",
                            step + "returned a value that refers to itself, so it has no end as JSON."));
        }
    }

    private Outcome stopped(LiveAttempt attempt, ServedMethod<?> method, Optional<Throwable> thrown) {
        String reason = attempt.cancelled().orElse("");
        if (reason.equals(STOPPING)) {
            return new Outcome.GivenBack();
        }
        if (reason.equals(OVERDUE)) {
            var failure = thrown.map(cause -> Failures.thrown(cause, method.binding()).toBuilder())
                    .orElseGet(Failure::newBuilder);
            return failed(
                    attempt,
                    failure.setType("STEP_TIMED_OUT")
                            .setMessage("The attempt ran longer than its timeout of "
                                    + attempt.assignment().getTimeoutMillis() + " ms and was interrupted.")
                            .build());
        }
        return new Outcome.Ended(completion(attempt).setCancelled(Cancelled.getDefaultInstance()));
    }

    private static Outcome failed(LiveAttempt attempt, Failure failure) {
        return new Outcome.Ended(completion(attempt).setFailure(failure));
    }

    private static Outcome ended(LiveAttempt attempt, Success success) {
        return new Outcome.Ended(completion(attempt).setSuccess(success));
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
