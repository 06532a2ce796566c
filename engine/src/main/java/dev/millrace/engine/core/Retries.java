package dev.millrace.engine.core;

import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import java.time.Instant;
import java.util.LinkedHashSet;

/** Decides whether and when what failed is tried again, and for how long a failure closes a rate limit. */
final class Retries {
    /** How long a durable step waits for a worker whose code goes with its checkpoints before it looks again. */
    private static final long OTHER_CODE_MICROS = 60_000_000;

    /** How long it is at most until a seal that failed is tried again. */
    private static final long NEXT_SEAL_MICROS = 10_000_000;

    /** The longest wait that a failure may ask for. */
    private static final long MOST_RETRY_AFTER_MILLIS = 366L * 24 * 60 * 60 * 1000;

    private final Recorder recorder;

    Retries(Recorder recorder) {
        this.recorder = recorder;
    }

    /** A seal is tried until it is put, or the task has waited for it as long as it may queue. */
    private Instant nextSeal(Task task, Failure failure) {
        long next = recorder.nowMicros() + Jitter.micros(task.ref(), NEXT_SEAL_MICROS);
        boolean over = failure.nonRetryable() || failure.type().equals(Failure.SEALED) || next >= task.queueEndMicros();
        return over ? Instant.MAX : Instants.of(next);
    }

    Instant retryAt(Task task, Failure failure) {
        if (task.seal != null) {
            return nextSeal(task, failure);
        }
        if (failure.type().equals(Failure.CHECKPOINT_MISMATCH) && task.trail != null) {
            boolean again = !task.isCancelling() && task.run.mayBegin(task.node);
            return again ? Instants.of(recorder.nowMicros() + OTHER_CODE_MICROS) : Instant.MAX;
        }
        if (failure.nonRetryable()
                || task.node.atMostOnce
                || task.isCancelling()
                || task.charged >= task.node.retries
                || !task.run.mayBegin(task.node)) {
            return Instant.MAX;
        }
        long ceiling = Instants.micros(task.node.backoff.ceiling(task.charged + 1));
        long wait = Math.max(Jitter.micros(task.ref(), ceiling), retryAfterMicros(failure));
        return Instants.of(recorder.nowMicros() + wait);
    }

    private static long retryAfterMicros(Failure failure) {
        return Math.min(failure.retryAfterMillis(), MOST_RETRY_AFTER_MILLIS) * 1000;
    }

    /** For the key of the task, where its step takes from the limit by a key. */
    void closeRateLimit(Task task, Failure failure) {
        var tenant = task.run.tenant;
        if (failure.retryAfterMillis() <= 0
                || failure.rateLimit().isEmpty()
                || !tenant.scheduler.limits().hasRateLimit(failure.rateLimit())) {
            return;
        }
        var keys = new LinkedHashSet<String>();
        for (var take : task.takes()) {
            if (take.limit().equals(failure.rateLimit())) {
                keys.add(take.key());
            }
        }
        if (keys.isEmpty()) {
            keys.add("");
        }
        var until = Instants.of(recorder.nowMicros() + retryAfterMicros(failure));
        for (var key : keys) {
            recorder.record(new Fact.RateLimitClosed(tenant.id, recorder.now(), failure.rateLimit(), key, until));
        }
    }
}
