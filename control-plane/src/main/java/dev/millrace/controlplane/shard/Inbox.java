package dev.millrace.controlplane.shard;

import dev.millrace.engine.Command;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What waits for the core's thread: any number of threads put, one takes. Starts have a lane of their own, so that they can be held
 * back while everything that ends work goes on. Bounded by number and bytes for what can be refused; what tells of work that is
 * done is always taken.
 */
final class Inbox {
    private final Queue<Message> control = new ConcurrentLinkedQueue<>();
    private final Queue<Message.Ask> starts = new ConcurrentLinkedQueue<>();
    private final Queue<Message.Ask> rest = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final int maxCount;
    private final long maxBytes;

    private volatile Optional<Thread> sleeper = Optional.empty();

    Inbox(int maxCount, long maxBytes) {
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
    }

    /** Puts a command, unless there are too many and it can be refused. */
    boolean offer(Message.Ask ask) {
        boolean refusable =
                ask.isStart() || ask.command() instanceof Command.ReadRun || ask.command() instanceof Command.FollowRun;
        if (refusable && (count.get() >= maxCount || bytes.get() + ask.bytes() > maxBytes)) {
            return false;
        }
        count.incrementAndGet();
        bytes.addAndGet(ask.bytes());
        (ask.isStart() ? starts : rest).add(ask);
        wake();
        return true;
    }

    void put(Message message) {
        control.add(message);
        wake();
    }

    Optional<Message> takeControl() {
        return Optional.ofNullable(control.poll());
    }

    /** The next command; those that end work first. */
    Optional<Message.Ask> take(boolean startsToo) {
        var next = rest.poll();
        if (next == null && startsToo) {
            next = starts.poll();
        }
        if (next != null) {
            count.decrementAndGet();
            bytes.addAndGet(-next.bytes());
        }
        return Optional.ofNullable(next);
    }

    int size() {
        return count.get();
    }

    private boolean isEmpty(boolean startsToo) {
        return control.isEmpty() && rest.isEmpty() && !(startsToo && !starts.isEmpty());
    }

    /** Wakes the taker if it sleeps. */
    void wake() {
        sleeper.ifPresent(LockSupport::unpark);
    }

    /**
     * Waits until there is something to take, somebody calls {@link #wake}, or the time is over. For the taker.
     *
     * @param otherWork asked after everybody knows that the taker sleeps, so that no wake-up falls between the two
     */
    void sleep(long nanos, boolean startsToo, BooleanSupplier otherWork) {
        sleeper = Optional.of(Thread.currentThread());
        if (isEmpty(startsToo) && !otherWork.getAsBoolean()) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeper = Optional.empty();
    }
}
