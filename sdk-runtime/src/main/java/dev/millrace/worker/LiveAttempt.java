package dev.millrace.worker;

import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.worker.durable.DurableAttempt;
import dev.millrace.worker.durable.DurableHost;
import dev.millrace.worker.durable.StoredAction;
import dev.millrace.worker.items.AttemptItems;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An attempt that runs here. Its thread works on it, or nobody does while an asynchronous step's answer is awaited; other
 * threads may cancel it. An interrupt can only meet the method, never what the thread does afterwards.
 */
final class LiveAttempt {
    private final AttemptKey key;
    private final Assignment assignment;
    private final Wishes wishes;
    private final InstantSource clock;
    private final DurableHost host;
    private final List<StoredAction> trail;
    private final Purse purse;
    private volatile Instant deadline;
    private volatile long deadlineNanos;
    private volatile Instant started = Instant.EPOCH;

    // Under the lock of this attempt.
    private boolean waiting;
    private Thread thread;
    private Optional<Stage> stage = Optional.empty();
    private boolean ended;

    private volatile Optional<String> cancelled = Optional.empty();
    private volatile Optional<SharedCall> shared = Optional.empty();
    private volatile Optional<DurableAttempt> durable = Optional.empty();
    private volatile Optional<AttemptItems> items = Optional.empty();

    /**
     * An attempt that was assigned just now.
     *
     * @param wishes what its code may want
     * @param clock by which deadlines are told
     * @param host what the worker does for durable code
     * @param trail what is stored of a durable step
     * @param purse what it spends
     */
    LiveAttempt(
            AttemptKey key,
            Assignment assignment,
            Wishes wishes,
            InstantSource clock,
            DurableHost host,
            List<StoredAction> trail,
            Purse purse) {
        this.key = key;
        this.assignment = assignment;
        this.wishes = wishes;
        this.clock = clock;
        this.host = host;
        this.trail = trail;
        this.purse = purse;
        this.waiting = assignment.getStartsWhenConfirmed();
        lastsFor(assignment.getTimeoutMillis());
    }

    private void lastsFor(long millis) {
        deadline = now().plusMillis(millis);
        deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    DurableHost host() {
        return host;
    }

    /** What is stored of a durable step. */
    List<StoredAction> trail() {
        return trail;
    }

    /** What it has spent. */
    Purse purse() {
        return purse;
    }

    /** Its code, if the step is durable and is about to be entered, or was. */
    Optional<DurableAttempt> durable() {
        return durable;
    }

    void durable(DurableAttempt code) {
        durable = Optional.of(code);
    }

    /** What it emits, if its step does and is about to be entered, or was. */
    Optional<AttemptItems> items() {
        return items;
    }

    void items(AttemptItems emitted) {
        items = Optional.of(emitted);
    }

    /** Waits until what it has emitted is stored, or the attempt is of no use any more. */
    void awaitItems() {
        if (items.isEmpty()) {
            return;
        }
        try {
            items.get().flush().get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // its time is up, and somebody else says so
        }
    }

    InstantSource clock() {
        return clock;
    }

    Instant now() {
        return clock.instant();
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

    /** Whether the method must not be entered before the control plane confirms that the acceptance is stored. */
    synchronized boolean waiting() {
        return waiting;
    }

    /** The acceptance is stored. True if the method is to be entered now: neither a second time nor after a cancellation. */
    synchronized boolean confirm() {
        if (!waiting || ended) {
            return false;
        }
        waiting = false;
        lastsFor(assignment.getTimeoutMillis());
        return true;
    }

    /** Asks for more time. */
    void needs(Duration fromNow) {
        wishes.time(fromNow);
    }

    /** Goes on without its slots. */
    void releaseSlots() {
        wishes.noSlots();
    }

    /** The control plane has granted so much time from now on. */
    synchronized void extended(long millis) {
        if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis) - deadlineNanos > 0) {
            lastsFor(millis);
        }
    }

    /** The current thread enters the method now. False if the attempt was cancelled before, so that it must not. */
    synchronized boolean enter() {
        if (cancelled.isPresent()) {
            ended = true;
            return false;
        }
        started = now();
        thread = Thread.currentThread();
        return true;
    }

    /** A method is entered now that serves other attempts too. False if this one was cancelled before. */
    synchronized boolean enter(SharedCall call) {
        if (cancelled.isPresent()) {
            ended = true;
            return false;
        }
        started = now();
        shared = Optional.of(call);
        return true;
    }

    /** The current thread has left the method; an interrupt that came too late is dropped. */
    void leave() {
        end();
        Thread.interrupted();
    }

    /** The attempt has its value or its exception: nothing can stop it any more. */
    synchronized void end() {
        ended = true;
        thread = null;
        stage = Optional.empty();
    }

    /**
     * The current thread has left the method, whose answer comes later: from here on it is the stage that is cancelled.
     *
     * @return the answer; fails as soon as the attempt is cancelled, whatever the stage makes of that
     */
    CompletableFuture<Object> leaveTo(CompletionStage<?> promised) {
        var later = new Stage(promised, new CompletableFuture<>());
        boolean stop;
        synchronized (this) {
            thread = null;
            Thread.interrupted();
            stage = Optional.of(later);
            stop = cancelled.isPresent();
        }
        promised.whenComplete((value, thrown) -> later.complete(value, thrown));
        if (stop) {
            later.cancel();
        }
        return later.answer();
    }

    /** The current thread works on the attempt again, after its stage has failed. */
    synchronized void resume() {
        stage = Optional.empty();
        if (!ended && cancelled.isEmpty()) {
            thread = Thread.currentThread();
        }
    }

    /** Asks the attempt to stop. True if it never began, so that nothing will come of it. */
    boolean cancel(String reason) {
        Optional<Stage> running;
        synchronized (this) {
            if (ended || cancelled.isPresent()) {
                return false;
            }
            cancelled = Optional.of(reason);
            if (waiting) {
                ended = true;
                return true;
            }
            durable.ifPresent(DurableAttempt::cancel);
            if (thread != null) {
                thread.interrupt();
            }
            running = stage;
        }
        shared.ifPresent(SharedCall::cancelled);
        // Outside the lock: a stage runs code of the application when it is cancelled.
        running.ifPresent(Stage::cancel);
        return false;
    }

    /** Why it was asked to stop, if it was. */
    Optional<String> cancelled() {
        return cancelled;
    }

    /** What an asynchronous step returned, and where its answer goes. */
    private record Stage(CompletionStage<?> promised, CompletableFuture<Object> answer) {

        void complete(Object value, Throwable thrown) {
            if (thrown == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(thrown);
            }
        }

        /** Not every stage can be cancelled; nobody waits for it any more in any case. */
        void cancel() {
            try {
                if (promised instanceof Future<?> future) {
                    future.cancel(true);
                }
            } finally {
                answer.completeExceptionally(new CancellationException("The attempt was cancelled."));
            }
        }
    }

    /** Whether it runs for longer than its timeout and this much more. */
    boolean overdue(Duration grace) {
        return !waiting() && System.nanoTime() - deadlineNanos > grace.toNanos();
    }
}
