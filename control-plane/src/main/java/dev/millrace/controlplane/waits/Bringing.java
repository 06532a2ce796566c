package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.runs.Refusals;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunImage;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Brings steps what they wait for. Safe for use by several threads; nothing blocks. */
@Singleton
final class Bringing {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final Payloads payloads;
    private final Shards shards;

    Bringing(Payloads payloads, Shards shards) {
        this.payloads = payloads;
        this.shards = shards;
    }

    /**
     * Completes when it is stored, or it is clear that it comes too late.
     *
     * @param json has passed as such
     * @param source by which it is known where it came from
     */
    CompletionStage<Reply.WaitSettled> bring(WaitName wait, CheckpointKind kind, byte[] json, String source) {
        return payloads.keep(wait.tenant(), List.of(json))
                .thenCompose(kept -> settle(wait, kind, Checkpoint.State.DONE, kept.get(0), source));
    }

    /** How a wait stands; empty where there is none. */
    CompletionStage<Optional<Checkpoint>> look(WaitName wait) {
        return shards.ask(wait.tenant(), replyTo -> new Command.ReadRun(replyTo, wait.tenant(), wait.run()), DEADLINE)
                .thenApply(reply -> {
                    if (reply instanceof Reply.RunRead read) {
                        return find(read.image(), wait);
                    }
                    if (reply instanceof Reply.Refused refused && refused.code().equals("RUN_NOT_FOUND")) {
                        return Optional.empty();
                    }
                    throw Refusals.of(reply);
                });
    }

    private static Optional<Checkpoint> find(RunImage image, WaitName wait) {
        return image.tasks().stream()
                .filter(task -> image.generation() == wait.generation()
                        && task.node() == wait.node()
                        && task.element() == wait.element())
                .flatMap(task -> task.checkpoints().all().stream())
                .filter(checkpoint -> checkpoint.key().equals(wait.key()))
                .findFirst();
    }

    /** Says that nothing will come any more. */
    CompletionStage<Reply.WaitSettled> end(WaitName wait, CheckpointKind kind, String source) {
        return settle(wait, kind, Checkpoint.State.TIMED_OUT, Payload.NONE, source);
    }

    private CompletionStage<Reply.WaitSettled> settle(
            WaitName wait, CheckpointKind kind, Checkpoint.State state, Payload value, String source) {
        return shards.ask(
                        wait.tenant(),
                        replyTo -> new Command.SettleWait(
                                replyTo,
                                wait.tenant(),
                                wait.run(),
                                wait.generation(),
                                wait.node(),
                                wait.element(),
                                wait.key(),
                                kind,
                                state,
                                value,
                                source),
                        DEADLINE)
                .thenApply(reply -> {
                    if (reply instanceof Reply.WaitSettled settled) {
                        return settled;
                    }
                    throw Refusals.of(reply);
                });
    }
}
