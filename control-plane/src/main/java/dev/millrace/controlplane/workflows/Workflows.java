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
 * What a version is never changes, and is kept. Safe for use by several threads; no method blocks.
 */
@Singleton
public final class Workflows {
    private static final Duration BELIEF = Duration.ofSeconds(2);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final int MAX_REMEMBERED = 2_000;

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
    // Rises with every registration here, so that an answer which was on its way meanwhile is not remembered.
    private long registrations;

    Workflows(WorkflowRows rows, Clock clock, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.rows = rows;
        this.clock = clock;
        this.blocking = blocking;
    }

    private record Wanted(TenantId tenant, String workflow, String hash, String shape) {}

    private record Found(WorkflowVersion version, Instant asked) {}

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
            var age = known == null ? BELIEF : Duration.between(known.asked, clock.instant());
            if (age.compareTo(ASK_AGAIN) < 0) {
                return CompletableFuture.completedFuture(Optional.of(known.version));
            }
            var asked = asking.get(wanted);
            if (asked == null) {
                asked = ask(wanted, Optional.ofNullable(known).map(Found::version));
            }
            return age.compareTo(BELIEF) < 0 ? CompletableFuture.completedFuture(Optional.of(known.version)) : asked;
        }
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
        var stored = rows.version(wanted.tenant, wanted.workflow, wanted.hash, wanted.shape)
                .map(row -> old.filter(version -> isSame(version, row)).orElseGet(() -> made(row)));
        synchronized (found) {
            asking.remove(wanted, answer);
            if (stored.isPresent() && before == registrations) {
                found.put(wanted, new Found(stored.get(), at));
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

    private static WorkflowVersion made(WorkflowRows.StoredVersion stored) {
        var manifest = ManifestJson.read(stored.manifest());
        return new WorkflowVersion(
                new VersionRef(stored.version().workflow(), stored.version().hash()),
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
