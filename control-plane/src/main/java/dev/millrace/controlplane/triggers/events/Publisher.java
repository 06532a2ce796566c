package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.controlplane.triggers.filters.Filters;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.SchemaProblem;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Takes events in: decides what they are to start, stores both together, and only then starts it. Safe for use by several
 * threads; no method blocks.
 */
@Singleton
public final class Publisher {
    /** How many events one request may carry. */
    public static final int MOST_AT_ONCE = 1_000;

    private final Filters filters;
    private final EventWriter writer;
    private final OpenEvents open;
    private final EventWaiters waiters;
    private final CutChains chains;
    private final EventQuota quota;

    Publisher(
            Filters filters,
            EventWriter writer,
            OpenEvents open,
            EventWaiters waiters,
            CutChains chains,
            EventQuota quota) {
        this.quota = quota;
        this.chains = chains;
        this.filters = filters;
        this.writer = writer;
        this.open = open;
        this.waiters = waiters;
    }

    /** What became of one event. */
    public sealed interface Result {
        /**
         * It is stored.
         *
         * @param duplicate whether an earlier event had its key, and this is that one
         */
        record Published(UUID event, boolean duplicate) implements Result {}

        /** Nothing was stored of it. */
        record Refused(ApiException refusal) implements Result {}
    }

    /**
     * Publishes events; each is stored or refused alone.
     *
     * @return one result for each, in order, once they are stored
     * @throws ApiException when the tenant has published as many as it may for now; nothing is stored then
     */
    public CompletionStage<List<Result>> publish(TenantId tenant, ServiceId publisher, List<NewEvent> events) {
        quota.take(tenant, events.size());
        return filters.of(tenant).thenCompose(index -> {
            List<CompletableFuture<Result>> results = new ArrayList<>(events.size());
            for (var event : events) {
                var problems = index.problems(event.name(), event.data());
                if (!problems.isEmpty()) {
                    results.add(CompletableFuture.completedFuture(new Result.Refused(mismatch(event, problems))));
                    continue;
                }
                var stored = new StoredEvent(
                        tenant,
                        UuidV7.next(),
                        event.key(),
                        publisher,
                        event.replayOf(),
                        event.name(),
                        event.scope(),
                        event.metadata(),
                        event.data(),
                        Matching.decide(index, event).awaited(waiters.concern(tenant, event.name())));
                results.add(writer.store(stored)
                        .thenApply(counting -> published(stored, counting))
                        .exceptionally(failure -> new Result.Refused(Problems.refusal(Problems.unwrapped(failure))))
                        .toCompletableFuture());
            }
            return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                    .thenApply(done ->
                            results.stream().map(CompletableFuture::join).toList());
        });
    }

    private static ApiException mismatch(NewEvent event, List<SchemaProblem> problems) {
        var data = event.path() + ".data";
        return new ApiException(
                ErrorCode.SCHEMA_MISMATCH,
                "The data does not match the schema of the events " + event.name() + ": "
                        + problems.stream()
                                .limit(5)
                                .map(problem -> data + problem.path().substring(1) + " " + problem.message())
                                .collect(Collectors.joining("; "))
                        + ". Nothing was stored of this event.",
                data + problems.get(0).path().substring(1));
    }

    private Result published(StoredEvent event, UUID counting) {
        boolean duplicate = !counting.equals(event.id());
        // Who began to wait while the event was being stored may have looked too early to find it.
        if (!duplicate) {
            chains.tell(event);
        }
        if (!duplicate && (event.isOpen() || waiters.concern(event.tenant(), event.name()))) {
            open.start(event);
        }
        return new Result.Published(counting, duplicate);
    }
}
