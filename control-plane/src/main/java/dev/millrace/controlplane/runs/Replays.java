package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.workflows.Verdicts;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.NewInput;
import dev.millrace.engine.Command.ReplayFrom;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Runs again what has ended. Who asked and why is part of the fact that the shard stores. Safe for use by several threads; nothing
 * blocks.
 */
@Singleton
final class Replays {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final RunReader reader;
    private final Payloads payloads;
    private final Shards shards;

    Replays(RunReader reader, Payloads payloads, Shards shards) {
        this.reader = reader;
        this.payloads = payloads;
        this.shards = shards;
    }

    /** @return number of the new generation */
    CompletionStage<Integer> fromFailedSteps(Principal who, RunId run, String reason) {
        return ask(who, run, new ReplayFrom.FailedSteps(), Optional.empty(), reason);
    }

    /** @return number of the new generation */
    CompletionStage<Integer> fromStart(Principal who, RunId run, Optional<byte[]> input, String reason) {
        return input(who, run, input).thenCompose(kept -> ask(who, run, new ReplayFrom.Start(), kept, reason));
    }

    /** @return number of the new generation */
    CompletionStage<Integer> fromFailedSteps(Principal who, RunId run, Optional<byte[]> input, String reason) {
        return input(who, run, input).thenCompose(kept -> ask(who, run, new ReplayFrom.FailedSteps(), kept, reason));
    }

    /** @return number of the new generation */
    CompletionStage<Integer> fromStep(Principal who, RunId run, String step, Optional<byte[]> input, String reason) {
        return reader.version(who.tenant(), run).thenCompose(version -> {
            int node = version.plan()
                    .node(step)
                    .filter(number -> number < version.plan().steps())
                    .orElseThrow(() -> new ApiException(
                            ErrorCode.STEP_NOT_FOUND,
                            "Workflow " + version.ref().workflow() + " of run " + run + " has no step " + step
                                    + ". See the tasks of the run for their names.",
                            "$.step"));
            return input(who, run, input).thenCompose(kept -> ask(who, run, new ReplayFrom.Step(node), kept, reason));
        });
    }

    private CompletionStage<Optional<NewInput>> input(Principal who, RunId run, Optional<byte[]> input) {
        if (input.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return reader.find(who.tenant(), run).thenCompose(found -> {
            found.version().requireInput(input.get(), "$.input");
            var terms = Verdicts.atStart(
                    found.version().expressions(), input.get(), found.image().metadata());
            return payloads.keep(who.tenant(), List.of(input.get()))
                    .thenApply(kept -> Optional.of(new NewInput(kept.get(0), terms)));
        });
    }

    private CompletionStage<Integer> ask(
            Principal who, RunId run, ReplayFrom from, Optional<NewInput> input, String reason) {
        return shards.ask(
                        who.tenant(),
                        replyTo -> new Command.ReplayRun(
                                replyTo,
                                who.tenant(),
                                run,
                                from,
                                input,
                                "token " + who.tokenId() + " of service " + who.serviceName(),
                                reason),
                        DEADLINE)
                .thenApply(reply -> {
                    if (reply instanceof Reply.RunReplayed replayed) {
                        return replayed.generation();
                    }
                    throw Refusals.of(reply).about(run.value());
                });
    }
}
