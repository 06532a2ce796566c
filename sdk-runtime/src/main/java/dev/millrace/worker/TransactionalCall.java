package dev.millrace.worker;

import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.wire.worker.v1.Success;
import dev.millrace.worker.transaction.Completion;
import dev.millrace.worker.transaction.Completions;
import dev.millrace.worker.transaction.TaskKey;
import dev.millrace.worker.transaction.Transaction;
import dev.millrace.worker.transaction.TransactionException;
import java.sql.Connection;
import java.util.Optional;
import java.util.function.Function;

/**
 * One attempt of a step whose completion commits with its effect: what an earlier attempt committed is taken as it is, else the method is
 * called, and counts once the database says so. For one thread.
 */
final class TransactionalCall {
    private static final String SEALED = "SEALED";

    private final LiveAttempt attempt;
    private final Completions completions;
    private final Function<Connection, Outcome> method;

    /**
     * Has not begun.
     *
     * @param method calls the step's method with a connection
     */
    TransactionalCall(LiveAttempt attempt, Completions completions, Function<Connection, Outcome> method) {
        this.attempt = attempt;
        this.completions = completions;
        this.method = method;
    }

    Outcome run() {
        try {
            return attempt.assignment().getSeals() ? seal() : call();
        } catch (TransactionException e) {
            return failed(Failures.of("TRANSACTION_FAILED", e.getMessage()).toBuilder()
                    .setNonRetryable(false)
                    .build());
        }
    }

    /** The engine gives the task up; whether it may is what the database says. */
    private Outcome seal() {
        if (!attempt.enter()) {
            return stopped();
        }
        try {
            return ended(completions.seal(task()));
        } finally {
            attempt.leave();
        }
    }

    private Outcome stopped() {
        return attempt.cancelled().filter(AttemptRunner.STOPPING::equals).isPresent()
                ? new Outcome.GivenBack()
                : Call.cancelled(attempt);
    }

    private Outcome call() {
        try (var transaction = completions.begin(task())) {
            // Only the first attempt knows that there was none before.
            var before = attempt.key().attempt() > 1 ? transaction.before() : Optional.<Completion>empty();
            if (before.isPresent()) {
                return ended(before.get());
            }
            return committed(transaction, method.apply(transaction.connection()));
        }
    }

    private Outcome committed(Transaction transaction, Outcome outcome) {
        if (!(outcome instanceof Outcome.Ended ended) || !ended.completion().hasSuccess()) {
            return outcome; // rolled back
        }
        var json = ended.completion().getSuccess().getResult();
        var counts = transaction.commit(json.isEmpty() ? Optional.empty() : Optional.of(json.toByteArray()));
        return ended(counts, ended.completion());
    }

    private Outcome ended(Completion completion) {
        return ended(completion, Call.completion(attempt));
    }

    private Outcome ended(Completion counts, dev.millrace.wire.worker.v1.Completion.Builder told) {
        if (counts instanceof Completion.Committed committed) {
            var success = Success.newBuilder();
            committed.result().ifPresent(json -> success.setResult(ByteString.copyFrom(json)));
            return new Outcome.Ended(told.setSuccess(success));
        }
        return new Outcome.Ended(told.setFailure(Failures.of(
                SEALED,
                "The task was given up; nothing of " + task()
                        + " is committed, and nothing of it can be committed any more.")));
    }

    private Outcome failed(Failure failure) {
        return new Outcome.Ended(Call.completion(attempt).setFailure(failure));
    }

    private TaskKey task() {
        var key = attempt.key();
        return new TaskKey(key.run(), key.generation(), key.step(), key.element());
    }
}
