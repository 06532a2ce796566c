package dev.millrace.worker;

import dev.millrace.worker.items.ItemStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker at work: it runs attempts until it is closed or somebody drains it, and connects again whenever the connection breaks. It keeps the
 * process alive. When the process is asked to end (SIGTERM, Ctrl-C), it is closed. Safe for use by many threads.
 */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How long an interrupted attempt has to notice. */
    private static final Duration STOPPING = Duration.ofSeconds(2);

    /** How long the control plane has to take the last completions. */
    private static final Duration ACKNOWLEDGING = Duration.ofSeconds(5);

    /** How often a worker that was sent away looks whether it was closed meanwhile. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final WorkerStream stream;
    private final ItemStream items;
    private final AttemptBook book;
    private final WorkerSettings settings;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread hook;
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final CountDownLatch gone = new CountDownLatch(1);

    Worker(WorkerStream stream, ItemStream items, AttemptBook book, WorkerSettings settings) {
        this.items = items;
        this.stream = stream;
        this.book = book;
        this.settings = settings;
        this.hook = new Thread(this::close, "millrace-worker-shutdown");
        stream.onSentAway(this::sentAway);
    }

    void start() {
        Runtime.getRuntime().addShutdownHook(hook);
        stream.start();
    }

    /** The id by which the control plane knows this worker: a UUID of version 7, new for every {@code start()}. */
    public String id() {
        return stream.workerId().toString();
    }

    /** Whether the control plane knows this worker at this moment. */
    public boolean isConnected() {
        return stream.connected();
    }

    /** Waits until the control plane knows this worker; false if it does not within the limit. */
    public boolean awaitConnected(Duration limit) {
        return stream.awaitConnected(limit);
    }

    /**
     * Waits until the worker is closed: by its process, or because somebody drained it ({@code millrace workers drain}); false if
     * it is not within the limit.
     */
    public boolean awaitClosed(Duration limit) {
        try {
            return gone.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Nobody is in a hurry, so what runs here may take all the time that it has by itself. */
    private void sentAway() {
        if (!leaving.getAndSet(true)) {
            LOG.info("Worker {} is drained: it takes nothing more, finishes what it has and leaves.", settings.name());
            new Thread(this::leave, "millrace-worker-leaving").start();
        }
    }

    private void leave() {
        book.drain();
        stream.signal();
        while (!closed.get() && !book.awaitIdle(LOOK)) {
            LOG.debug("Worker {} still has attempts; it leaves when they have ended.", settings.name());
        }
        close();
    }

    /** Closes the worker; running attempts may go on as long as {@link WorkerBuilder#drainTimeout} says. */
    @Override
    public void close() {
        close(settings.drainTimeout());
    }

    /**
     * Closes the worker: takes nothing new, lets running attempts end, hands over their results and leaves. What has not ended
     * within the limit is interrupted and given back to be run elsewhere.
     * Returns a few seconds after the limit at the latest; closing again does nothing.
     *
     * @param limit how long running attempts may go on; zero to interrupt them at once
     */
    public void close(Duration limit) {
        if (closed.getAndSet(true)) {
            return;
        }
        unhook();
        book.drain();
        stream.signal();
        if (!book.awaitIdle(limit)) {
            stream.stopAll(AttemptRunner.STOPPING);
            if (!book.awaitIdle(STOPPING)) {
                LOG.warn(
                        "{} attempts did not stop when they were interrupted; they are given back, and may run elsewhere while"
                                + " they still run here.",
                        book.abandon());
                stream.signal();
            }
        }
        if (stream.connected() && !book.awaitTold(ACKNOWLEDGING)) {
            LOG.warn("The control plane has not acknowledged all results; what it has not stored is run again.");
        }
        items.close();
        stream.close();
        gone.countDown();
        LOG.info("Worker {} is closed.", settings.name());
    }

    private void unhook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending already, perhaps this is the hook
        }
    }
}
