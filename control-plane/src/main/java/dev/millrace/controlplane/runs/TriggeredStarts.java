package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.Command;
import dev.millrace.engine.KeyLife;
import dev.millrace.engine.Priority;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Starts runs for what is not a client, such as an event or a schedule, and tells how they stand. Safe for use by several
 * threads; nothing blocks.
 */
@Singleton
public final class TriggeredStarts {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Starts starts;
    private final Shards shards;

    TriggeredStarts(Starts starts, Shards shards) {
        this.starts = starts;
        this.shards = shards;
    }

    /**
     * A run that something wants.
     *
     * @param service in whose name it is started: it must be allowed to see the workflow
     * @param request names the start, so that it happens once; a UUIDv7
     * @param mayBeKnown whether it may have been asked for before
     * @param key idempotency key of the run, by which the start is known for longer than requests are remembered; empty for none
     * @param input JSON in UTF-8; checked against the schema of the workflow's latest version
     */
    public record Wanted(
            TenantId tenant,
            ServiceId service,
            String workflow,
            UUID request,
            boolean mayBeKnown,
            Optional<String> key,
            byte[] input,
            Map<String, String> metadata) {
        public Wanted {
            metadata = Map.copyOf(metadata);
        }
    }

    /**
     * A run that is stored.
     *
     * @param existing whether it was started before, under the same request
     * @param joined whether it became part of a run that another start had opened, and which has not begun
     */
    public record Begun(RunId run, boolean existing, boolean joined) {}

    /**
     * Starts a run of the latest version.
     *
     * @return the run, once it is stored; fails with {@link dev.millrace.controlplane.errors.ApiException} when it was refused,
     *     and with something else when it is unknown what became of it
     */
    public CompletionStage<Begun> start(Wanted wanted) {
        var who = new Principal(
                wanted.tenant(), "", wanted.service(), "", "", Set.of(Permission.RUNS_START), Instant.MAX);
        var request = new StartRequest(
                wanted.workflow(),
                "",
                "",
                wanted.input(),
                wanted.key(),
                KeyLife.KEPT,
                Priority.NORMAL,
                wanted.metadata(),
                Map.of(),
                Optional.empty(),
                0,
                "$");
        return starts.start(who, wanted.request(), wanted.mayBeKnown(), List.of(request))
                .thenApply(results -> {
                    if (results.get(0) instanceof StartResult.Started started) {
                        return new Begun(started.run(), started.existing(), started.joined());
                    }
                    throw ((StartResult.Refused) results.get(0)).refusal();
                });
    }

    /** Whether a run goes on; one that there is not does not. */
    public CompletionStage<Boolean> isActive(TenantId tenant, RunId run) {
        return shards.ask(tenant, replyTo -> new Command.ReadRun(replyTo, tenant, run), DEADLINE)
                .thenApply(reply -> {
                    if (reply instanceof Reply.RunRead read) {
                        return !read.image().state().isFinal();
                    }
                    var refusal = Refusals.of(reply);
                    if (refusal.code() == ErrorCode.RUN_NOT_FOUND) {
                        return false;
                    }
                    throw refusal;
                });
    }

    /** Cancels a run that goes on; one that has ended stays as it is. */
    public CompletionStage<Void> cancel(TenantId tenant, RunId run, String reason) {
        return shards.ask(tenant, replyTo -> new Command.CancelRun(replyTo, tenant, run, reason), DEADLINE)
                .thenAccept(reply -> {
                    if (!(reply instanceof Reply.CancelDecided)) {
                        var refusal = Refusals.of(reply);
                        if (refusal.code() != ErrorCode.RUN_NOT_FOUND) {
                            throw refusal;
                        }
                    }
                });
    }

    /**
     * Has something done when a run has ended, or when that cannot be told any more and must be asked again.
     *
     * @param then must be quick and must not throw
     */
    public void whenEnded(TenantId tenant, RunId run, Runnable then) {
        long replyTo = shards.listen(tenant, reply -> then.run());
        shards.tell(tenant, new Command.FollowRun(replyTo, tenant, run));
    }
}
