package dev.millrace.controlplane.items;

import dev.millrace.engine.TenantId;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stores chunks. What of a tenant waits when its turn comes is one transaction; then it is the next tenant's turn, so none waits for
 * the others' backlog. Followers are woken once their items are stored. Safe for use by several threads; nothing blocks.
 */
@Singleton
final class ItemWriter {
    private static final int WRITERS = 2;
    /** In one transaction. */
    private static final int MOST_CHUNKS = 256;

    private static final long MOST_BYTES = 4L << 20;
    /** What a tenant may store in a second, and at once. */
    private static final double TENANT_BYTES_PER_SECOND = 8L << 20;

    private static final double TENANT_BURST_BYTES = 32L << 20;

    private final ItemRows rows;
    private final Followers followers;
    private final ItemMeters meters;
    private final ExecutorService writers;

    /** Tenants that have something waiting, or have had lately. Guarded by itself, as are the queues. */
    private final Map<TenantId, Line> lines = new HashMap<>();

    private record Waiting(Chunk chunk, CompletableFuture<Storing> became) {}

    /** What of one tenant waits. */
    private static final class Line {
        private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
        private final Allowance allowance =
                new Allowance(TENANT_BYTES_PER_SECOND, TENANT_BURST_BYTES, System.nanoTime());
        private boolean hasTurn;
    }

    ItemWriter(ItemRows rows, Followers followers, ItemMeters meters) {
        this.rows = rows;
        this.followers = followers;
        this.meters = meters;
        var number = new AtomicInteger();
        this.writers = Executors.newFixedThreadPool(WRITERS, task -> {
            var thread = new Thread(task, "item-writer-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Stores a chunk. Chunks of a tenant are stored in the order in which they come. */
    CompletionStage<Storing> store(TenantId tenant, Chunk chunk) {
        var waiting = new Waiting(chunk, new CompletableFuture<>());
        boolean begin;
        synchronized (lines) {
            var line = lines.computeIfAbsent(tenant, any -> new Line());
            line.queue.add(waiting);
            begin = !line.hasTurn;
            line.hasTurn = true;
        }
        if (begin) {
            takeTurn(tenant);
        }
        return waiting.became();
    }

    /** How long the acknowledgement of so much is to wait, so that the tenant stores no more than it may. */
    Duration pace(TenantId tenant, long bytes) {
        synchronized (lines) {
            return lines.computeIfAbsent(tenant, any -> new Line()).allowance.take(bytes, System.nanoTime());
        }
    }

    private void takeTurn(TenantId tenant) {
        try {
            writers.execute(() -> turn(tenant));
        } catch (RejectedExecutionException e) {
            next(tenant).forEach(waiting -> waiting.became().completeExceptionally(e));
        }
    }

    private void turn(TenantId tenant) {
        var batch = next(tenant);
        try {
            store(tenant, batch);
        } catch (RuntimeException e) {
            batch.forEach(waiting -> waiting.became().completeExceptionally(e));
        }
        boolean again;
        synchronized (lines) {
            var line = lines.get(tenant);
            again = !line.queue.isEmpty();
            line.hasTurn = again;
            if (!again) {
                forgetIdle();
            }
        }
        if (again) {
            takeTurn(tenant);
        }
    }

    /** Called under the lock: who has nothing waiting and nothing owed would begin like anybody new. */
    private void forgetIdle() {
        long now = System.nanoTime();
        lines.values().removeIf(line -> !line.hasTurn && line.queue.isEmpty() && line.allowance.isFull(now));
    }

    private List<Waiting> next(TenantId tenant) {
        List<Waiting> batch = new ArrayList<>();
        synchronized (lines) {
            var queue = lines.get(tenant).queue;
            long bytes = 0;
            while (!queue.isEmpty() && batch.size() < MOST_CHUNKS && bytes < MOST_BYTES) {
                var waiting = queue.poll();
                bytes += waiting.chunk().bytes();
                batch.add(waiting);
            }
        }
        return batch;
    }

    private void store(TenantId tenant, List<Waiting> batch) {
        var chunks = batch.stream().map(Waiting::chunk).toList();
        var became = rows.store(tenant, chunks);
        for (int i = 0; i < batch.size(); i++) {
            meters.stored(chunks.get(i), became.get(i));
        }
        chunks.stream().map(Chunk::run).distinct().forEach(run -> followers.wake(tenant, run));
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).became().complete(became.get(i));
        }
    }

    @PreDestroy
    void stop() {
        writers.shutdown();
    }
}
