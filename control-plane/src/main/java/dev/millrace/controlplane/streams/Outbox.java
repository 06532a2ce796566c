package dev.millrace.controlplane.streams;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What is to be sent on one stream. Any thread puts items in and goes on; another one takes all that are there at that moment and
 * sends them as one frame, because the number of messages costs more than their size. Nobody waits to fill a frame: while one is
 * sent, the next fills.
 *
 * <p>Nothing is sent while the transport is not ready, so what a slow reader does not take stays here, and only so much of it:
 * over the limit the stream is given up. Safe for use by several threads.
 *
 * @param <T> what items are
 * @param <F> what is sent
 */
public final class Outbox<T, F> {

    /** Makes a frame of items. Called by one thread at a time. */
    public interface Packer<T, F> {
        /**
         * Takes items from the front of the queue, at least one, and makes a frame of them.
         */
        F pack(Queue<T> items);
    }

    /** The items that wait, first come first. */
    public interface Queue<T> {
        /** The first item, or null. */
        T peek();

        /** Takes the first item. */
        T take();
    }

    private final ServerCallStreamObserver<F> stream;
    private final Packer<T, F> packer;
    private final Executor executor;
    private final int limit;
    private final Consumer<Outbox<T, F>> onOverflow;

    private final ArrayDeque<T> items = new ArrayDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private boolean overflown;
    private Runnable end;
    private boolean ended;

    /**
     * @param limit how many items may wait
     * @param onOverflow is told once when one more came
     */
    public Outbox(
            ServerCallStreamObserver<F> stream,
            Packer<T, F> packer,
            Executor executor,
            int limit,
            Consumer<Outbox<T, F>> onOverflow) {
        this.stream = stream;
        this.packer = packer;
        this.executor = executor;
        this.limit = limit;
        this.onOverflow = onOverflow;
        stream.setOnReadyHandler(this::schedule);
    }

    /** Adds an item; it is dropped when the stream has ended. */
    public void add(T item) {
        boolean over;
        synchronized (items) {
            if (end != null || ended || overflown) {
                return;
            }
            items.add(item);
            over = items.size() > limit;
            overflown = over;
        }
        if (over) {
            onOverflow.accept(this);
        } else {
            schedule();
        }
    }

    /**
     * Ends the stream after what waits has been sent; what comes later is dropped.
     *
     * @param how completes or fails the stream
     */
    public void endAfterwards(Consumer<ServerCallStreamObserver<F>> how) {
        synchronized (items) {
            if (end == null) {
                end = () -> how.accept(stream);
            }
        }
        schedule();
    }

    /** Ends the stream now; what waits is dropped. */
    public void endNow(Consumer<ServerCallStreamObserver<F>> how) {
        synchronized (items) {
            items.clear();
            end = () -> how.accept(stream);
        }
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            executor.execute(this::send);
        }
    }

    private void send() {
        try {
            while (!ended && !stream.isCancelled()) {
                Runnable finish = null;
                synchronized (items) {
                    if (items.isEmpty()) {
                        if (end == null) {
                            break;
                        }
                        finish = end;
                        ended = true;
                    }
                }
                if (finish != null) {
                    finish.run();
                    break;
                }
                if (!stream.isReady()) {
                    break;
                }
                stream.onNext(packer.pack(queue));
            }
        } finally {
            scheduled.set(false);
        }
        // Something may have come, or the transport may have become ready, between the last look and the flag.
        boolean more;
        synchronized (items) {
            more = !ended && (!items.isEmpty() && stream.isReady() || items.isEmpty() && end != null);
        }
        if (more && !stream.isCancelled()) {
            schedule();
        }
    }

    private final Queue<T> queue = new Queue<>() {
        @Override
        public T peek() {
            synchronized (items) {
                return items.peek();
            }
        }

        @Override
        public T take() {
            synchronized (items) {
                return items.remove();
            }
        }
    };
}
