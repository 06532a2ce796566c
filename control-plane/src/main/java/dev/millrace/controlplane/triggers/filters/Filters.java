package dev.millrace.controlplane.triggers.filters;

import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.SchemaCheck;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Finds the filters that decide over a tenant's events. What is known is believed for {@link #BELIEF}, so a change that another
 * instance took is effective here that much later; one that this instance took, with the next event. While events come, one small
 * question in {@link #ASK_AGAIN} finds out whether anything changed; without events nothing is asked. Safe for use by several
 * threads; no method blocks.
 */
@Singleton
public final class Filters {
    private static final Duration BELIEF = Duration.ofSeconds(2);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MAX_TENANTS = 1_000;

    private final FilterRows rows;
    private final Workflows workflows;
    private final Clock clock;
    private final ExecutorService blocking;
    private final Map<TenantId, Known> known = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TenantId, Known> eldest) {
            return size() > MAX_TENANTS;
        }
    };
    /** Questions under way. Guarded by {@link #known}. */
    private final Map<TenantId, CompletableFuture<FilterIndex>> asking = new HashMap<>();

    /** @param conditions compiled ones, by workflow, which outlive the index that uses them */
    private record Known(long revision, FilterIndex index, Map<String, Conditions> conditions, Instant asked) {
        Known outdated() {
            return new Known(-1, index, conditions, Instant.EPOCH);
        }
    }

    Filters(
            FilterRows rows,
            Workflows workflows,
            Clock clock,
            @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.rows = rows;
        this.workflows = workflows;
        this.clock = clock;
        this.blocking = blocking;
    }

    /** The tenant's filters. Completes at once while they are in use. */
    public CompletionStage<FilterIndex> of(TenantId tenant) {
        synchronized (known) {
            var found = known.get(tenant);
            var age = found == null ? BELIEF : Duration.between(found.asked, clock.instant());
            // A clock that was set back makes no answer younger.
            if (age.compareTo(ASK_AGAIN) < 0 && !age.isNegative()) {
                return CompletableFuture.completedFuture(found.index);
            }
            var asked = asking.get(tenant);
            if (asked == null) {
                asked = ask(tenant, Optional.ofNullable(found));
            }
            return age.compareTo(BELIEF) < 0 && !age.isNegative()
                    ? CompletableFuture.completedFuture(found.index)
                    : asked;
        }
    }

    /** Something changed here: the next event is decided by it. */
    void changed(TenantId tenant) {
        synchronized (known) {
            known.computeIfPresent(tenant, (any, found) -> found.outdated());
            asking.remove(tenant);
        }
    }

    private CompletableFuture<FilterIndex> ask(TenantId tenant, Optional<Known> before) {
        var answer = new CompletableFuture<FilterIndex>();
        var at = clock.instant();
        asking.put(tenant, answer);
        try {
            blocking.execute(() -> {
                try {
                    answer(tenant, before, at, answer);
                } catch (RuntimeException | Error e) {
                    failed(tenant, answer, e);
                }
            });
        } catch (RejectedExecutionException e) {
            failed(tenant, answer, e);
        }
        return answer;
    }

    private void answer(TenantId tenant, Optional<Known> before, Instant at, CompletableFuture<FilterIndex> answer) {
        Known now;
        if (before.isPresent() && before.get().revision == rows.revision(tenant)) {
            now = new Known(before.get().revision, before.get().index, before.get().conditions, at);
        } else {
            var all = rows.all(tenant);
            var conditions =
                    conditions(tenant, all, before.map(Known::conditions).orElse(Map.of()));
            var candidates = all.filters().stream()
                    .map(filter -> new Candidate(filter, conditions.get(filter.workflow())))
                    .toList();
            now = new Known(all.revision(), new FilterIndex(candidates, checks(all.schemas())), conditions, at);
        }
        synchronized (known) {
            if (asking.remove(tenant, answer)) {
                known.put(tenant, now);
            }
        }
        answer.complete(now.index);
    }

    private void failed(TenantId tenant, CompletableFuture<FilterIndex> answer, Throwable why) {
        synchronized (known) {
            asking.remove(tenant, answer);
        }
        answer.completeExceptionally(why);
    }

    private static Map<String, SchemaCheck> checks(List<EventSchema> schemas) {
        Map<String, SchemaCheck> checks = new HashMap<>();
        schemas.forEach(schema -> checks.put(schema.event(), schema.check("$.schema")));
        return checks;
    }

    private Map<String, Conditions> conditions(
            TenantId tenant, FilterRows.Known stored, Map<String, Conditions> before) {
        Map<String, Set<String>> asked = new HashMap<>();
        for (var filter : stored.filters()) {
            if (!filter.condition().isEmpty()) {
                asked.computeIfAbsent(filter.workflow(), any -> new HashSet<>()).add(filter.condition());
            }
        }
        Map<String, Conditions> conditions = new HashMap<>();
        asked.forEach((workflow, sources) -> {
            var ref = new VersionRef(workflow, stored.latest().get(workflow));
            var known = before.get(workflow);
            var now = known != null && known.isOf(ref) ? known : new Conditions(ref, manifest(tenant, ref));
            now.keepOnly(sources);
            conditions.put(workflow, now);
        });
        return conditions;
    }

    private Manifest manifest(TenantId tenant, VersionRef ref) {
        return workflows
                .of(tenant, ref)
                .toCompletableFuture()
                .orTimeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .join()
                .manifest();
    }
}
