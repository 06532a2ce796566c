package dev.millrace.worker;

import dev.millrace.wire.worker.v1.Assignment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An attempt that runs here. Its thread works on it; other threads may cancel it. An interrupt can only meet the method, never
 * what the thread does afterwards.
 */
final class LiveAttempt {
    private final AttemptKey key;
    private final Assignment assignment;
    private final long assignedNanos = System.nanoTime();
    private final Instant deadline;
    private volatile Instant started = Instant.EPOCH;

    // Under the lock of this attempt.
    private Thread thread;
    private boolean ended;

    private volatile Optional<String> cancelled = Optional.empty();

    LiveAttempt(AttemptKey key, Assignment assignment) {
        this.key = key;
        this.assignment = assignment;
        this.deadline = Instant.now().plusMillis(assignment.getTimeoutMillis());
    }

    AttemptKey key() {
        return key;
    }

    Assignment assignment() {
        return assignment;
    }

    Instant deadline() {
        return deadline;
    }

    Instant started() {
        return started;
    }

    /** The current thread enters the method now. False if the attempt was cancelled before, so that it must not. */
    synchronized boolean enter() {
        if (cancelled.isPresent()) {
            ended = true;
            return false;
        }
        started = Instant.now();
        thread = Thread.currentThread();
        return true;
    }

    /** The current thread has left the method; an interrupt that came too late is dropped. */
    synchronized void leave() {
        ended = true;
        thread = null;
        Thread.interrupted();
    }

    /** Asks the attempt to stop. */
    synchronized void cancel(String reason) {
        if (ended || cancelled.isPresent()) {
            return;
        }
        cancelled = Optional.of(reason);
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Why it was asked to stop, if it was. */
    Optional<String> cancelled() {
        return cancelled;
    }

    /** Whether it runs for longer than its timeout and this much more. */
    boolean overdue(Duration grace) {
        return System.nanoTime() - assignedNanos
                > Duration.ofMillis(assignment.getTimeoutMillis()).plus(grace).toNanos();
    }
}
