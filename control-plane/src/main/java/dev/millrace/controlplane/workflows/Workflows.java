package dev.millrace.controlplane.workflows;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkflowPlan;
import dev.millrace.expression.WorkflowExpressions;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.SchemaCheck;
import dev.millrace.manifest.Visibility;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * Finds versions. What a name, or a name and a shape, stands for is believed for {@link #BELIEF}: a version registered at another
 * instance is started here that much later. After half of that time the first who asks has the database asked again while the old
 * answer still serves, so that nobody waits for a workflow that is in use; who wants the same at the same time shares one query.
 * Asked is how often anything has been registered: as long as that is what it was, all that is remembered still holds, of however many
 * tenants. What a version is never changes, and is kept. Safe for use by several threads; no method blocks.
 */
@Singleton
public final class Workflows {
    private static final Duration BELIEF = Duration.ofSeconds(2);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final int MAX_REMEMBERED = 5_000;
    private static final int MAX_MANIFESTS = 1_000;

    private final WorkflowRows rows;
    private final Clock clock;
    private final ExecutorService blocking;
    private final Map<Wanted, Found> found = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Wanted, Found> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };
    /** Questions under way. Guarded by {@link #found}. */
    private final Map<Wanted, CompletableFuture<Optional<WorkflowVersion>>> asking = new HashMap<>();
    /** Versions by what they are, whose parts serve every tenant that has the same. Guarded by {@link #found}. */
    private final Map<VersionRef, WorkflowVersion> alike = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<VersionRef, WorkflowVersion> eldest) {
            return size() > MAX_MANIFESTS;
        }
    };
    /** How often anything had been registered, as far as is known, and when that was asked. Guarded by {@link #found}. */
    private long changes;

    private Instant changesAsked = Instant.MIN;
    private Optional<CompletableFuture<Long>> counting = Optional.empty();
    // Rises with every registration here, so that an answer which was on its way meanwhile is not remembered.
    private long registrations;

    Workflows(WorkflowRows rows, Clock clock, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.rows = rows;
        this.clock = clock;
        this.blocking = blocking;
    }

    private record Wanted(TenantId tenant, String workflow, String hash, String shape) {}

    /** @param changes how often anything had been registered by then */
    private record Found(WorkflowVersion version, Instant asked, long changes) {}

    /**
     * The version that a start means: the one with this hash, else the newest with this shape, else the latest.
     *
     * @param hash empty for any
     * @param shape empty for any
     * @return fails with {@link ApiException}: {@link ErrorCode#WORKFLOW_NOT_FOUND}, also when the caller may not see it, or {@link
     *     ErrorCode#VERSION_NOT_FOUND}
     */
    public CompletionStage<WorkflowVersion> find(Principal who, String workflow, String hash, String shape) {
        return find(new Wanted(who.tenant(), workflow, hash, shape))
                .thenApply(version -> version.filter(found -> found.visibility() == Visibility.PUBLIC
                                || found.owner().equals(who.service()))
                        .orElseThrow(() -> missing(workflow, hash, shape)));
    }

    /** A version that a run has, whoever asks. */
    public CompletionStage<WorkflowVersion> of(TenantId tenant, VersionRef ref) {
        var wanted = new Wanted(tenant, ref.workflow(), ref.hash(), "");
        synchronized (found) {
            var known = found.get(wanted);
            if (known != null) {
                return CompletableFuture.completedFuture(known.version);
            }
        }
        return find(wanted).thenApply(version -> version.orElseThrow(() -> missing(ref.workflow(), ref.hash(), "")));
    }

    private CompletionStage<Optional<WorkflowVersion>> find(Wanted wanted) {
        synchronized (found) {
            var known = found.get(wanted);
            if (known == null) {
                return asked(wanted, Optional.empty());
            }
            boolean counts = known.changes == changes;
            var held = counts && changesAsked.isAfter(known.asked) ? changesAsked : known.asked;
            var age = Duration.between(held, clock.instant());
            var still = CompletableFuture.completedFuture(Optional.of(known.version));
            if (age.compareTo(ASK_AGAIN) < 0) {
                return still;
            }
            var again = counts ? counted(wanted).thenCompose(now -> since(wanted, now)) : asked(wanted, known);
            return age.compareTo(BELIEF) < 0 ? still : again;
        }
    }

    private CompletionStage<Optional<WorkflowVersion>> asked(Wanted wanted, Found known) {
        return asked(wanted, Optional.of(known.version));
    }

    /** Under the lock. */
    private CompletionStage<Optional<WorkflowVersion>> asked(Wanted wanted, Optional<WorkflowVersion> old) {
        var asked = asking.get(wanted);
        return asked == null ? ask(wanted, old) : asked;
    }

    /** What is remembered, if nothing has been registered since; else what the database says. */
    private CompletionStage<Optional<WorkflowVersion>> since(Wanted wanted, long now) {
        synchronized (found) {
            var known = found.get(wanted);
            return known != null && known.changes == now
                    ? CompletableFuture.completedFuture(Optional.of(known.version))
                    : asked(wanted, Optional.ofNullable(known).map(Found::version));
        }
    }

    /** Asks how often anything has been registered, once for all who want to know. Under the lock. */
    private CompletionStage<Long> counted(Wanted wanted) {
        if (counting.isPresent()) {
            return counting.get();
        }
        var answer = new CompletableFuture<Long>();
        var at = clock.instant();
        counting = Optional.of(answer);
        try {
            blocking.execute(() -> {
                try {
                    long count = rows.changes(wanted.tenant);
                    synchronized (found) {
                        counting = Optional.empty();
                        counted(count, at);
                    }
                    answer.complete(count);
                } catch (RuntimeException | Error e) {
                    failed(answer, e);
                }
            });
        } catch (RejectedExecutionException e) {
            failed(answer, e);
        }
        return answer;
    }

    /** Under the lock. */
    private void counted(long count, Instant at) {
        if (count > changes || count == changes && at.isAfter(changesAsked)) {
            changes = count;
            changesAsked = at;
        }
    }

    private void failed(CompletableFuture<Long> answer, Throwable why) {
        synchronized (found) {
            counting = Optional.empty();
        }
        answer.completeExceptionally(why);
    }

    /**
     * Asks the database, once for all who want the same. Under the lock.
     *
     * @param old what it said before: most often it still says so, and that need not be made ready again
     */
    private CompletableFuture<Optional<WorkflowVersion>> ask(Wanted wanted, Optional<WorkflowVersion> old) {
        var answer = new CompletableFuture<Optional<WorkflowVersion>>();
        var at = clock.instant();
        long before = registrations;
        asking.put(wanted, answer);
        try {
            blocking.execute(() -> {
                try {
                    answer(wanted, at, before, answer, old);
                } catch (RuntimeException | Error e) {
                    failed(wanted, answer, e);
                }
            });
        } catch (RejectedExecutionException e) {
            failed(wanted, answer, e);
        }
        return answer;
    }

    private void answer(
            Wanted wanted,
            Instant at,
            long before,
            CompletableFuture<Optional<WorkflowVersion>> answer,
            Optional<WorkflowVersion> old) {
        var row = rows.version(wanted.tenant, wanted.workflow, wanted.hash, wanted.shape);
        var stored =
                row.map(each -> old.filter(version -> isSame(version, each)).orElseGet(() -> made(each)));
        synchronized (found) {
            asking.remove(wanted, answer);
            if (stored.isPresent() && before == registrations) {
                found.put(wanted, new Found(stored.get(), at, row.get().changes()));
                counted(row.get().changes(), at);
            }
        }
        answer.complete(stored);
    }

    private void failed(Wanted wanted, CompletableFuture<Optional<WorkflowVersion>> answer, Throwable why) {
        synchronized (found) {
            asking.remove(wanted, answer);
        }
        answer.completeExceptionally(why);
    }

    /** A version has been registered here: the next start finds it. */
    void registered(TenantId tenant, String workflow) {
        synchronized (found) {
            registrations++;
            found.keySet().removeIf(wanted -> wanted.tenant.equals(tenant) && wanted.workflow.equals(workflow));
            // Those who ask from now on are not told what was on its way.
            asking.keySet().removeIf(wanted -> wanted.tenant.equals(tenant) && wanted.workflow.equals(workflow));
        }
    }

    /** What is still so need not be made ready again: only who may see a version can change, never its manifest. */
    private static boolean isSame(WorkflowVersion version, WorkflowRows.StoredVersion stored) {
        return version.ref().hash().equals(stored.version().hash())
                && version.visibility() == stored.workflow().visibility()
                && version.owner().equals(stored.workflow().owner())
                && version.ownerName().equals(stored.workflow().ownerName());
    }

    /** The hash names the manifest, so whoever has the same version shares what was made of it. */
    private WorkflowVersion made(WorkflowRows.StoredVersion stored) {
        var ref = new VersionRef(stored.version().workflow(), stored.version().hash());
        Optional<WorkflowVersion> like;
        synchronized (found) {
            like = Optional.ofNullable(alike.get(ref));
        }
        var made = like.map(other -> new WorkflowVersion(
                        ref,
                        stored.workflow().owner(),
                        stored.workflow().ownerName(),
                        stored.workflow().visibility(),
                        stored.version().shape(),
                        other.plan(),
                        other.inputSchema(),
                        other.outputs(),
                        other.expressions()))
                .orElseGet(() -> read(ref, stored));
        synchronized (found) {
            alike.putIfAbsent(ref, made);
        }
        return made;
    }

    private static WorkflowVersion read(VersionRef ref, WorkflowRows.StoredVersion stored) {
        var manifest = ManifestJson.read(stored.manifest());
        return new WorkflowVersion(
                ref,
                stored.workflow().owner(),
                stored.workflow().ownerName(),
                stored.workflow().visibility(),
                stored.version().shape(),
                new WorkflowPlan(manifest),
                SchemaCheck.of(manifest.input().schema()),
                new StepOutputs(manifest),
                new WorkflowExpressions(manifest));
    }

    /** The refusal of what is not there or must not be seen. */
    static ApiException missing(String workflow, String hash, String shape) {
        if (!hash.isEmpty()) {
            return new ApiException(
                    ErrorCode.VERSION_NOT_FOUND,
                    "There is no version " + hash + " of a workflow " + workflow + ". Register its manifest first.");
        }
        if (!shape.isEmpty()) {
            return new ApiException(
                    ErrorCode.VERSION_NOT_FOUND,
                    "There is no version of a workflow " + workflow + " with the shape " + shape
                            + " that the client was compiled against. Start a worker of that version, or compile the"
                            + " client again.");
        }
        return new ApiException(
                ErrorCode.WORKFLOW_NOT_FOUND,
                "There is no workflow " + workflow + ". Register it by starting a worker that has it.");
    }
}
