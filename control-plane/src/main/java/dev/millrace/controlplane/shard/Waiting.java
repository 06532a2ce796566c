package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.shard.Shards.ShardException;
import dev.millrace.engine.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who waits for which reply. Safe for use by several threads. */
final class Waiting {
    private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);

    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Waiter> waiters = new ConcurrentHashMap<>();

    private sealed interface Waiter {
        int shard();
    }

    private record Asker(int shard, CompletableFuture<Reply> answer, long deadlineNanos) implements Waiter {}

    private record Follower(int shard, Consumer<Reply> listener) implements Waiter {}

    /** A number that nobody has had before. */
    long number() {
        return numbers.incrementAndGet();
    }

    void ask(long number, int shard, CompletableFuture<Reply> answer, Duration deadline) {
        waiters.put(number, new Asker(shard, answer, System.nanoTime() + deadline.toNanos()));
    }

    void follow(long number, int shard, Consumer<Reply> listener) {
        waiters.put(number, new Follower(shard, listener));
    }

    /** Nobody waits for this any more. */
    void forget(long number) {
        waiters.remove(number);
    }

    void reply(long number, Reply reply) {
        var waiter = waiters.remove(number);
        if (waiter instanceof Asker asker) {
            asker.answer().complete(reply);
        } else if (waiter instanceof Follower follower) {
            try {
                follower.listener().accept(reply);
            } catch (RuntimeException e) {
                LOG.error("A listener failed; it misses a reply.", e);
            }
        }
    }

    /** The command that would have been answered was not decided. */
    void fail(long number, String code, String message) {
        var waiter = waiters.remove(number);
        if (waiter instanceof Asker asker) {
            asker.answer().completeExceptionally(new ShardException(code, message));
        }
    }

    /** The memory of a shard is gone, and with it who waited for what. */
    void ownerChanged(int shard) {
        List<Long> affected = new ArrayList<>();
        waiters.forEach((number, waiter) -> {
            if (waiter.shard() == shard) {
                affected.add(number);
            }
        });
        for (long number : affected) {
            if (waiters.get(number) instanceof Follower) {
                reply(
                        number,
                        new Reply.Refused("OWNER_CHANGED", "The shard of the run is being recovered. Ask again."));
            } else {
                fail(
                        number,
                        "SHARD_UNAVAILABLE",
                        "The shard is being recovered, and it is unknown whether the command was carried out. Send it again"
                                + " with the same request id.");
            }
        }
    }

    /** Ends the wait of those whose time is over. */
    void expire() {
        long now = System.nanoTime();
        waiters.forEach((number, waiter) -> {
            if (waiter instanceof Asker asker && asker.deadlineNanos() - now < 0) {
                fail(
                        number,
                        "DEADLINE_EXCEEDED",
                        "The shard did not answer in time, and it is unknown whether the command was carried out. Send it again"
                                + " with the same request id.");
            }
        });
    }

    int size() {
        return waiters.size();
    }
}
