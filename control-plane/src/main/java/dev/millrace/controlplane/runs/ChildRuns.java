package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.workflows.Verdicts;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Content;
import dev.millrace.engine.Failure;
import dev.millrace.engine.KeyLife;
import dev.millrace.engine.Priority;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes ready what durable steps start: finds the version of a child, checks and keeps its input; the shard begins it together with its parent's
 * checkpoint. And reads the results of children. Safe for use by several threads; nothing blocks.
 */
@Singleton
public final class ChildRuns {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final Workflows workflows;
    private final Payloads payloads;
    private final Shards shards;

    ChildRuns(Workflows workflows, Payloads payloads, Shards shards) {
        this.workflows = workflows;
        this.payloads = payloads;
        this.shards = shards;
    }

    /**
     * A child that a step wants.
     *
     * @param shape shape hash that the code was compiled against; empty for none
     * @param input JSON in UTF-8, not checked yet
     * @param priority empty for that of the parent
     * @param metadata all of it: what it inherits too
     * @param deadline empty for the workflow's own
     * @param abandoned see {@link dev.millrace.engine.Parent#abandoned}
     */
    public record Wish(
            String workflow,
            String shape,
            byte[] input,
            Optional<Priority> priority,
            Map<String, String> metadata,
            Optional<Duration> deadline,
            boolean abandoned) {}

    /**
     * What the shard has to store of it: a child, or why there cannot be one.
     *
     * @param who the service whose worker wants it: it must be allowed to see the workflow
     * @return fails only with what may be otherwise another time
     */
    public CompletionStage<Content> prepare(Principal who, Wish wish) {
        StartRequest request;
        try {
            request = request(wish);
        } catch (ApiException e) {
            return CompletableFuture.completedFuture(failed(e));
        }
        return workflows
                .find(who, wish.workflow(), "", wish.shape())
                .thenCompose(version -> {
                    version.requireInput(wish.input(), "$.input");
                    var terms = Verdicts.atStart(version.expressions(), wish.input(), request.metadata());
                    return payloads.keep(who.tenant(), List.of(wish.input()))
                            .thenApply(kept -> (Content) new Content.Child(
                                    new Command.RunStart(
                                            RunIds.next(version.manifest().weight()),
                                            version.ref(),
                                            kept.get(0),
                                            Optional.empty(),
                                            "",
                                            request.priority(),
                                            request.metadata(),
                                            request.deadline(),
                                            0,
                                            terms),
                                    wish.priority().isEmpty(),
                                    wish.abandoned()));
                })
                .exceptionally(failure -> {
                    var refusal = Problems.refusal(failure);
                    if (refusal.code().isTemporary() || refusal.code() == ErrorCode.INTERNAL) {
                        throw refusal;
                    }
                    return failed(refusal);
                });
    }

    private static StartRequest request(Wish wish) {
        return new StartRequest(
                wish.workflow(),
                "",
                wish.shape(),
                wish.input(),
                Optional.empty(),
                KeyLife.KEPT,
                wish.priority().orElse(Priority.NORMAL),
                wish.metadata(),
                Map.of(),
                wish.deadline(),
                0,
                "$");
    }

    private static Content failed(ApiException refusal) {
        return new Content.Failed(Failure.of(refusal.code().name(), refusal.getMessage()));
    }

    /**
     * What a child resulted in, as JSON; empty where it has no result.
     *
     * @param parent nobody else is told
     * @return fails with {@link ApiException} when there is no such child, or it did not succeed
     */
    public CompletionStage<byte[]> result(TenantId tenant, RunId parent, RunId child) {
        return shards.ask(tenant, replyTo -> new Command.ReadRun(replyTo, tenant, child), DEADLINE)
                .thenCompose(reply -> {
                    if (!(reply instanceof Reply.RunRead read)) {
                        throw Refusals.of(reply);
                    }
                    requireChild(read.image(), parent);
                    return result(tenant, read.image());
                });
    }

    private static void requireChild(RunImage child, RunId parent) {
        if (child.parent().filter(link -> link.run().equals(parent)).isEmpty()) {
            throw new ApiException(ErrorCode.RUN_NOT_FOUND, "Run " + parent + " has no child " + child.run() + ".");
        }
    }

    private CompletionStage<byte[]> result(TenantId tenant, RunImage child) {
        return workflows.of(tenant, child.version()).thenCompose(version -> {
            var values = new RunValues(child, version);
            var stored = values.storedPayloads();
            var loaded = stored.isEmpty()
                    ? CompletableFuture.completedFuture(Map.<dev.millrace.engine.Payload, byte[]>of())
                    : payloads.load(tenant, stored);
            return loaded.thenApply(found -> values.result(found).orElse(new byte[0]));
        });
    }
}
