package dev.millrace.worker;

import java.util.ArrayList;
import java.util.List;

/**
 * Attempts of a batch step that one call of its method serves. They come one after the other; when all are there, one thread
 * enters the method for them. An interrupt meets the method only when none of them is wanted any more. Safe for use by many
 * threads.
 */
final class SharedCall {
    // Guarded by this.
    private int size;
    private final List<LiveAttempt> attempts = new ArrayList<>();
    private boolean begun;
    private Thread thread;

    /** Has none of its attempts yet. */
    SharedCall(int size) {
        this.size = size;
    }

    synchronized void add(LiveAttempt attempt) {
        attempts.add(attempt);
    }

    /** Lets go of those that are not wanted any more, as long as the method has not been entered: these. */
    synchronized List<LiveAttempt> dropCancelled() {
        if (begun) {
            return List.of();
        }
        var dropped = attempts.stream()
                .filter(attempt -> attempt.cancelled().isPresent())
                .toList();
        attempts.removeAll(dropped);
        size -= dropped.size();
        return dropped;
    }

    /** Whether all are here, and none has to be confirmed first; true only once. */
    synchronized boolean begin() {
        if (begun || !isWhole() || attempts.stream().anyMatch(LiveAttempt::waiting)) {
            return false;
        }
        begun = true;
        return true;
    }

    /** Whether all of them are here. */
    synchronized boolean isWhole() {
        return attempts.size() == size;
    }

    synchronized List<LiveAttempt> attempts() {
        return List.copyOf(attempts);
    }

    /** The current thread enters the method for those of the attempts that are wanted: these. */
    synchronized List<LiveAttempt> enter(List<LiveAttempt> readable) {
        var entered = readable.stream().filter(attempt -> attempt.enter(this)).toList();
        attempts.retainAll(entered);
        if (!entered.isEmpty()) {
            thread = Thread.currentThread();
        }
        return entered;
    }

    /** The current thread has left the method; an interrupt that came too late is dropped. */
    void leave() {
        synchronized (this) {
            thread = null;
        }
        Thread.interrupted();
    }

    /** One of those that were entered is not wanted any more. */
    synchronized void cancelled() {
        if (thread != null
                && attempts.stream().allMatch(attempt -> attempt.cancelled().isPresent())) {
            thread.interrupt();
        }
    }
}
