package dev.millrace.connection;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A lock with one condition: that something has changed. Safe for use by many threads, virtual ones too. */
public final class Monitor {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Reads or changes what the monitor guards; who waits looks again. */
    public <T> T locked(Supplier<T> body) {
        lock.lock();
        try {
            T result = body.get();
            changed.signalAll();
            return result;
        } finally {
            lock.unlock();
        }
    }

    /** Changes what the monitor guards; who waits looks again. */
    public void change(Runnable body) {
        locked(() -> {
            body.run();
            return true;
        });
    }

    /** Waits until something is so; false if it is not within the limit, or the thread was interrupted. */
    public boolean await(Duration limit, BooleanSupplier condition) {
        long rest = limit.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (rest <= 0) {
                    return false;
                }
                rest = changed.awaitNanos(rest);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
