package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The versions of the runs whose attempts a stream has, for checking what comes back. Versions never change, so each is asked for
 * once; an attempt of a former stream has its run's version looked up at the shard. Safe for use by several threads.
 */
final class ServedVersions {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MOST = 2_000;

    private final TenantId tenant;
    private final Workflows workflows;
    private final Shards shards;
    private final KnownAttempts attempts;
    private final Map<VersionRef, WorkflowVersion> versions = new ConcurrentHashMap<>();

    ServedVersions(TenantId tenant, Workflows workflows, Shards shards, KnownAttempts attempts) {
        this.tenant = tenant;
        this.workflows = workflows;
        this.shards = shards;
        this.attempts = attempts;
    }

    /**
     * Makes ready what {@link Found#of} is asked for afterwards. Completes at once when all versions are known.
     *
     * @return fails with {@link ErrorCode#UNAVAILABLE} when the shard cannot be asked now; the worker sends its completions again
     */
    CompletionStage<Found> of(Set<AttemptRef> wanted) {
        Map<AttemptRef, WorkflowVersion> found = new ConcurrentHashMap<>();
        Set<CompletableFuture<Void>> asked = new HashSet<>();
        for (var attempt : wanted) {
            var ref = attempts.version(attempt);
            var known = ref.map(versions::get);
            if (known.isPresent()) {
                found.put(attempt, known.get());
            } else {
                asked.add(ask(attempt, ref)
                        .thenAccept(version -> version.ifPresent(present -> found.put(attempt, present)))
                        .toCompletableFuture());
            }
        }
        var answer = new Found(found);
        return asked.isEmpty()
                ? CompletableFuture.completedFuture(answer)
                : CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                        .thenApply(done -> answer);
    }

    /** The versions of attempts; those of a run that does not exist are missing. */
    record Found(Map<AttemptRef, WorkflowVersion> versions) {
        Optional<WorkflowVersion> of(AttemptRef attempt) {
            return Optional.ofNullable(versions.get(attempt));
        }
    }

    private CompletionStage<Optional<WorkflowVersion>> ask(AttemptRef attempt, Optional<VersionRef> ref) {
        if (ref.isPresent()) {
            return load(ref.get()).thenApply(Optional::of);
        }
        return shards.ask(tenant, replyTo -> new Command.ReadRun(replyTo, tenant, attempt.run()), DEADLINE)
                .thenCompose(reply -> {
                    if (reply instanceof Reply.RunRead read) {
                        return load(read.image().version()).thenApply(Optional::of);
                    }
                    if (reply instanceof Reply.Refused refused && refused.code().equals("RUN_NOT_FOUND")) {
                        return CompletableFuture.completedFuture(Optional.empty());
                    }
                    throw new ApiException(
                            ErrorCode.UNAVAILABLE,
                            "The version of run " + attempt.run()
                                    + " cannot be read now. Reconnect and send the completions again.");
                });
    }

    private CompletionStage<WorkflowVersion> load(VersionRef ref) {
        return workflows.of(tenant, ref).thenApply(version -> {
            if (versions.size() >= MOST) {
                versions.clear();
            }
            versions.put(ref, version);
            return version;
        });
    }
}
