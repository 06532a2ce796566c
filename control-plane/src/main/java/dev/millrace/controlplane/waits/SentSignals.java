package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.runs.Refusals;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.engine.Command;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Signal;
import dev.millrace.engine.TenantId;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Brings signals to their runs. Safe for use by several threads; nothing blocks. */
@Singleton
final class SentSignals {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final Payloads payloads;
    private final Shards shards;
    private final ExecutorService work;

    SentSignals(Payloads payloads, Shards shards, @Named(TaskExecutors.BLOCKING) ExecutorService work) {
        this.payloads = payloads;
        this.shards = shards;
        this.work = work;
    }

    /**
     * What the run answers to a signal that it has been sent, as JSON; empty if it does not in time.
     *
     * @param request by which the signal is known
     */
    CompletionStage<Optional<byte[]>> answer(TenantId tenant, RunId run, String request, Duration wait) {
        var answered = new CompletableFuture<Reply>();
        long replyTo = shards.listen(tenant, answered::complete);
        shards.tell(tenant, new Command.AwaitAnswer(replyTo, tenant, run, request));
        return answered.completeOnTimeout(null, wait.toMillis(), TimeUnit.MILLISECONDS)
                .thenComposeAsync(
                        reply -> {
                            if (reply instanceof Reply.Answered answer) {
                                return read(tenant, answer.value());
                            }
                            if (reply != null) {
                                throw Refusals.of(reply);
                            }
                            shards.forget(tenant, List.of(replyTo));
                            return CompletableFuture.completedFuture(Optional.empty());
                        },
                        work);
    }

    private CompletionStage<Optional<byte[]>> read(TenantId tenant, Payload answer) {
        Set<Payload> stored = answer.kind() == Payload.Kind.STORED ? Set.of(answer) : Set.of();
        return payloads.load(tenant, stored).thenApply(values -> Optional.of(Payloads.bytes(answer, values)));
    }

    /**
     * Completes when the signal is stored.
     *
     * @param data JSON that has passed as such; empty for none
     * @return whether the run had it before
     */
    CompletionStage<Boolean> send(TenantId tenant, RunId run, String name, String request, byte[] data) {
        Payloads.requireSize(data, "$.data");
        return payloads.keep(tenant, List.of(data))
                .thenCompose(kept -> shards.ask(
                        tenant,
                        replyTo -> new Command.SendSignal(replyTo, tenant, run, new Signal(name, request, kept.get(0))),
                        DEADLINE))
                .thenApply(reply -> {
                    if (reply instanceof Reply.SignalTaken taken) {
                        return taken.known();
                    }
                    throw Refusals.of(reply);
                });
    }
}
