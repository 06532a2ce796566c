package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.runs.Refusals;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Signal;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Brings signals to their runs. Safe for use by several threads; nothing blocks. */
@Singleton
final class SentSignals {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final Payloads payloads;
    private final Shards shards;

    SentSignals(Payloads payloads, Shards shards) {
        this.payloads = payloads;
        this.shards = shards;
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
