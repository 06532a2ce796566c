package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.engine.TenantId;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What waits for the core's thread: any number of threads put, one takes. Tenants take turns by the bytes of their commands ({@link
 * Turns}), so that who sends much delays himself and nobody else. Starts can be held back while everything that ends work goes on.
 *
 * <p>Bounded by number and bytes, for all together and for each tenant, for what can be refused; what tells of work that is done is
 * always taken. A tenant of whom nothing waits is not refused for the size of what he sends, as long as there is any room: else a
 * batch that is larger than the bound would be refused for ever.
 */
final class Inbox {
    private final Queue<Message> control = new ConcurrentLinkedQueue<>();
    /** What was put and has not been looked at by the taker. */
    private final Queue<Message.Ask> arrived = new ConcurrentLinkedQueue<>();
    /** What waits, by tenant. For the taker. */
    private final Turns turns = new Turns();
    /** What each tenant of whom something waits has put. */
    private final Map<TenantId, Load> loads = new ConcurrentHashMap<>();

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Load most;
    private final Load mostOfTenant;

    private volatile Optional<Thread> sleeper = Optional.empty();
    private volatile String startsWait = "";

    /** Commands and the bytes they hold. */
    private record Load(int count, long bytes) {
        static final Load NOTHING = new Load(0, 0);

        Load plus(Message.Ask ask) {
            return new Load(count + 1, bytes + ask.bytes());
        }

        Load minus(Message.Ask ask) {
            return new Load(count - 1, bytes - ask.bytes());
        }

        boolean exceeds(Load limit) {
            return count > limit.count || bytes > limit.bytes;
        }

        Load share(int percent) {
            return new Load(Math.max(1, (int) ((long) count * percent / 100)), Math.max(1, bytes * percent / 100));
        }

        @Override
        public String toString() {
            return "%,d commands and %,d bytes".formatted(count, bytes);
        }
    }

    Inbox(Settings.Engine settings) {
        this.most = new Load(settings.maxQueued(), settings.maxQueuedBytes());
        this.mostOfTenant = most.share(settings.tenantShare());
    }

    /**
     * Puts a command, unless there are too many and it can be refused.
     *
     * @return why it was refused, as a sentence; empty when it waits now
     */
    Optional<String> offer(Message.Ask ask) {
        var refusal = ask.isRefusable() ? refusal(ask) : Optional.<String>empty();
        if (refusal.isEmpty()) {
            loads.merge(ask.tenant(), Load.NOTHING.plus(ask), (load, one) -> load.plus(ask));
            count.incrementAndGet();
            bytes.addAndGet(ask.bytes());
            arrived.add(ask);
            wake();
        }
        return refusal;
    }

    private Optional<String> refusal(Message.Ask ask) {
        var all = new Load(count.get(), bytes.get());
        var own = loads.getOrDefault(ask.tenant(), Load.NOTHING);
        boolean isFull = all.count >= most.count || all.bytes >= most.bytes;
        if (isFull || own.count > 0 && all.plus(ask).exceeds(most)) {
            return Optional.of(all + " wait to be decided and there is room for " + most + startsWait
                    + ". Send it again later, in smaller batches if it is large.");
        }
        if (own.count > 0 && own.plus(ask).exceeds(mostOfTenant)) {
            return Optional.of(own + " of your tenant wait to be decided, and one tenant may have " + mostOfTenant
                    + startsWait + ". Send it again later, in smaller batches if it is large.");
        }
        return Optional.empty();
    }

    /** Why starts are not taken now, so that those who find no room are told; empty when they are. */
    void startsWait(Optional<String> reason) {
        startsWait = reason.map(text -> "; starts wait because " + text).orElse("");
    }

    void put(Message message) {
        control.add(message);
        wake();
    }

    Optional<Message> takeControl() {
        return Optional.ofNullable(control.poll());
    }

    /** The next command. */
    Optional<Message.Ask> take(StartsAllowed starts) {
        sort();
        var next = turns.take(starts);
        next.ifPresent(ask -> {
            loads.computeIfPresent(ask.tenant(), (tenant, load) -> load.count == 1 ? null : load.minus(ask));
            count.decrementAndGet();
            bytes.addAndGet(-ask.bytes());
        });
        return next;
    }

    private void sort() {
        for (var ask = arrived.poll(); ask != null; ask = arrived.poll()) {
            turns.add(ask);
        }
    }

    int size() {
        return count.get();
    }

    long bytes() {
        return bytes.get();
    }

    private boolean isEmpty(StartsAllowed starts) {
        sort();
        return control.isEmpty() && turns.isEmpty(starts);
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
    void sleep(long nanos, StartsAllowed starts, BooleanSupplier otherWork) {
        sleeper = Optional.of(Thread.currentThread());
        if (isEmpty(starts) && !otherWork.getAsBoolean()) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeper = Optional.empty();
    }
}
