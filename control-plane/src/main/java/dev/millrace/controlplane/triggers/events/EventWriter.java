package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.engine.TenantId;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * Stores what is published, and how events ended. What comes in for a tenant while a transaction of it is under way goes into the
 * next one together, so the cost of a commit is shared under load and nothing waits without it. Tenants do not wait for each
 * other. Safe for use by several threads; no method blocks.
 */
@Singleton
final class EventWriter {
    /** How many events go into one transaction. */
    static final int MOST_AT_ONCE = 2_000;

    private static final int MOST_BYTES_AT_ONCE = 8 << 20;
    private static final long MOST_BYTES_WAITING = 64L << 20;
    /** What a row costs beside its data. */
    private static final int ROW_BYTES = 300;

    private final EventRows rows;
    private final ExecutorService blocking;
    /** What waits, by tenant; a tenant is here while somebody works for it. Guarded by itself. */
    private final Map<TenantId, Waiting> waiting = new HashMap<>();

    private sealed interface Task {
        int bytes();
    }

    /** @param answer gets the event that counts: the same, or the earlier one of its key */
    private record Store(StoredEvent event, CompletableFuture<UUID> answer) implements Task {
        @Override
        public int bytes() {
            return event.data().length + ROW_BYTES;
        }
    }

    private record End(UUID event, EventLog log, CompletableFuture<Void> answer) implements Task {
        @Override
        public int bytes() {
            return ROW_BYTES;
        }
    }

    private static final class Waiting {
        private final Queue<Task> tasks = new ArrayDeque<>();
        private long bytes;
    }

    EventWriter(EventRows rows, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.rows = rows;
        this.blocking = blocking;
    }

    /**
     * Stores a new event.
     *
     * @return once it is stored, its id; or that of the earlier event with its key, and nothing is stored. Fails with {@link
     *     ErrorCode#OVERLOADED} when too much waits already
     */
    CompletionStage<UUID> store(StoredEvent event) {
        var answer = new CompletableFuture<UUID>();
        add(event.tenant(), new Store(event, answer), answer);
        return answer;
    }

    /** Stores what became of an event. */
    CompletionStage<Void> end(TenantId tenant, UUID event, EventLog log) {
        var answer = new CompletableFuture<Void>();
        add(tenant, new End(event, log, answer), answer);
        return answer;
    }

    private void add(TenantId tenant, Task task, CompletableFuture<?> answer) {
        synchronized (waiting) {
            var mine = waiting.get(tenant);
            boolean idle = mine == null;
            if (idle) {
                mine = new Waiting();
                waiting.put(tenant, mine);
            }
            if (mine.bytes > MOST_BYTES_WAITING) {
                answer.completeExceptionally(new ApiException(
                        ErrorCode.OVERLOADED,
                        "Events of %,d bytes wait to be stored, which is the most. Publish more slowly, and this again."
                                .formatted(mine.bytes)));
                return;
            }
            mine.tasks.add(task);
            mine.bytes += task.bytes();
            if (idle) {
                try {
                    blocking.execute(() -> drain(tenant));
                } catch (RejectedExecutionException e) {
                    waiting.remove(tenant);
                    answer.completeExceptionally(new ApiException(
                            ErrorCode.UNAVAILABLE, "The server stops. Publish the event again at another one."));
                }
            }
        }
    }

    private void drain(TenantId tenant) {
        for (var batch = next(tenant); !batch.isEmpty(); batch = next(tenant)) {
            write(tenant, batch);
        }
    }

    /** The tasks of the next transaction; when there are none, nobody works for the tenant any more. */
    private List<Task> next(TenantId tenant) {
        List<Task> batch = new ArrayList<>();
        synchronized (waiting) {
            var mine = waiting.get(tenant);
            long bytes = 0;
            while (!mine.tasks.isEmpty() && batch.size() < MOST_AT_ONCE && bytes < MOST_BYTES_AT_ONCE) {
                var task = mine.tasks.remove();
                bytes += task.bytes();
                batch.add(task);
            }
            mine.bytes -= bytes;
            if (batch.isEmpty()) {
                waiting.remove(tenant);
            }
        }
        return batch;
    }

    private void write(TenantId tenant, List<Task> batch) {
        List<StoredEvent> fresh = new ArrayList<>();
        Map<UUID, EventLog> ended = new LinkedHashMap<>();
        for (var task : batch) {
            if (task instanceof Store store) {
                fresh.add(store.event());
            } else if (task instanceof End end) {
                ended.put(end.event(), end.log());
            }
        }
        EventRows.Known known;
        try {
            known = rows.store(tenant, fresh, ended);
        } catch (RuntimeException | Error e) {
            batch.forEach(task -> fail(task, e));
            return;
        }
        for (var task : batch) {
            if (task instanceof Store store) {
                store.answer().complete(counting(store.event(), known));
            } else if (task instanceof End end) {
                end.answer().complete(null);
            }
        }
    }

    /** Of a key, the event that was first. */
    private static UUID counting(StoredEvent event, EventRows.Known known) {
        return event.key().isEmpty() ? event.id() : known.events().getOrDefault(event.key(), event.id());
    }

    private static void fail(Task task, Throwable why) {
        if (task instanceof Store store) {
            store.answer().completeExceptionally(why);
        } else if (task instanceof End end) {
            end.answer().completeExceptionally(why);
        }
    }
}
