package dev.millrace.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Platform threads for steps and callbacks: as many as there are tasks that run at the same time, and no more than that are
 * woken. No task
 * waits for another to end, as in a cached pool; but where a cached pool wakes a thread for every task, here one thread at a
 * time is called, and calls the next one if it finds more to do than its own task. So a hundred tasks that come together and
 * are quick are done by two or three threads, at a tenth of the cost; a hundred that block get a hundred threads.
 *
 * <p>Why no task is left behind: a task is queued before a thread is called, and a thread that was called says so
 * <em>before</em> it looks into the queue. So whoever finds somebody else on the way may rely on it, and whoever takes a task
 * and leaves others in the queue calls the next. Safe for use by many threads.
 */
public final class TaskPool extends AbstractExecutorService {
    private final ThreadFactory factory;
    private final long keepNanos;
    private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
    /** Those that were busy last come first, so that the rest may grow old and leave. */
    private final ConcurrentLinkedDeque<Seat> idle = new ConcurrentLinkedDeque<>();
    /** Whether a thread was called and has not looked into the queue yet. */
    private final AtomicBoolean calling = new AtomicBoolean();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private int threads;
    private volatile boolean shutDown;

    /** A pool of daemon threads that are kept for a minute. */
    public static TaskPool named(String prefix) {
        var number = new AtomicLong();
        return new TaskPool(
                task -> {
                    var thread = new Thread(task, prefix + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                TimeUnit.MINUTES.toNanos(1));
    }

    /**
     * Has no threads yet.
     *
     * @param factory makes threads
     * @param keepNanos after how long without work a thread ends
     */
    TaskPool(ThreadFactory factory, long keepNanos) {
        this.factory = factory;
        this.keepNanos = keepNanos;
    }

    @Override
    public void execute(Runnable task) {
        if (shutDown) {
            throw new RejectedExecutionException("The worker is closed; nothing new is run.");
        }
        queue.add(task);
        try {
            call();
        } catch (OutOfMemoryError e) {
            // No thread can be had. Those that are busy will come to the task, unless it is taken back now.
            if (queue.remove(task)) {
                throw e;
            }
        }
    }

    /** Sees to it that a thread is on its way to the queue. */
    private void call() {
        if (!calling.compareAndSet(false, true)) {
            return;
        }
        var seat = idle.pollFirst();
        if (seat != null) {
            seat.call();
            return;
        }
        try {
            begin();
        } catch (OutOfMemoryError e) {
            calling.set(false);
            throw e;
        }
    }

    private void begin() {
        var thread = factory.newThread(this::work);
        count(1);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            count(-1);
            throw e;
        }
    }

    private void work() {
        var seat = new Seat();
        boolean called = true;
        try {
            while (true) {
                if (called) {
                    calling.set(false);
                }
                runAll();
                switch (rest(seat)) {
                    case LEAVE -> {
                        return;
                    }
                    case CALLED -> called = true;
                    case MORE -> called = false;
                }
            }
        } finally {
            count(-1);
        }
    }

    private void runAll() {
        for (var task = queue.poll(); task != null; task = queue.poll()) {
            if (!queue.isEmpty()) {
                callIfPossible();
            }
            Thread.interrupted(); // it was meant for the task before
            task.run();
        }
    }

    /** Where no thread can be had, this one goes on alone. */
    private void callIfPossible() {
        try {
            call();
        } catch (OutOfMemoryError e) {
            // Told to whoever hands over the next task.
        }
    }

    private enum Rest {
        CALLED,
        MORE,
        LEAVE
    }

    private Rest rest(Seat seat) {
        seat.sit();
        idle.addFirst(seat);
        // Between the last look into the queue and sitting down a task may have come whose bringer saw nobody sitting.
        if ((!queue.isEmpty() || shutDown) && idle.remove(seat)) {
            return queue.isEmpty() ? Rest.LEAVE : Rest.MORE;
        }
        if (seat.awaitCall(keepNanos) || !idle.remove(seat)) {
            seat.awaitCall(Long.MAX_VALUE);
            return Rest.CALLED;
        }
        return queue.isEmpty() ? Rest.LEAVE : Rest.MORE;
    }

    /** Where one thread waits to be called. */
    private static final class Seat {
        private final Thread thread = Thread.currentThread();
        private volatile boolean called;

        void sit() {
            called = false;
        }

        void call() {
            called = true;
            LockSupport.unpark(thread);
        }

        /** Returns whether it was called within the time. */
        boolean awaitCall(long nanos) {
            long end = System.nanoTime() + nanos;
            boolean forEver = nanos == Long.MAX_VALUE;
            while (!called) {
                long rest = forEver ? Long.MAX_VALUE : end - System.nanoTime();
                if (rest <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, rest);
                Thread.interrupted(); // or waiting would spin
            }
            return true;
        }
    }

    // ---- the end ----

    private void count(int change) {
        lock.lock();
        try {
            threads += change;
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutdown() {
        shutDown = true;
        for (var seat = idle.pollFirst(); seat != null; seat = idle.pollFirst()) {
            seat.call();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        var rest = new ArrayList<Runnable>();
        for (var task = queue.poll(); task != null; task = queue.poll()) {
            rest.add(task);
        }
        return rest;
    }

    @Override
    public boolean isShutdown() {
        return shutDown;
    }

    @Override
    public boolean isTerminated() {
        lock.lock();
        try {
            return shutDown && threads == 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long rest = unit.toNanos(timeout);
        lock.lock();
        try {
            while (!shutDown || threads > 0) {
                if (rest <= 0) {
                    return false;
                }
                rest = left.awaitNanos(rest);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
