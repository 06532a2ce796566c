package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Effect;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.expression.AwaitedParameter;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.Manifest;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears from the shards what runs wait for, and tells those who bring it what is new and what is over. Safe for use by several threads. */
@Singleton
final class OpenWaitsListener {
    private static final Logger LOG = LoggerFactory.getLogger(OpenWaitsListener.class);

    private static final int AGAIN_SECONDS = 1;

    private final Shards shards;
    private final Payloads payloads;
    private final EventWaits events;
    private final Approvals approvals;
    private final Workflows workflows;

    /** What is known of each run that waits, and what was heard last. Guarded by itself. */
    private final Map<RunId, Heard> runs = new HashMap<>();

    /** What has to be read to know what is asked for. */
    private record Asked(Optional<Manifest> manifest, Map<Payload, byte[]> values) {

        byte[] of(Effect.Awaits awaits, OpenWait open) {
            if (!open.checkpoint().key().isBefore()) {
                return Payloads.bytes(open.checkpoint().value(), values);
            }
            var step = manifest.orElseThrow().steps().get(open.node());
            return AwaitedParameter.ask(
                    step.parameters().get(open.checkpoint().place()),
                    open.isOfInput()
                            ? Optional.of(Json.read(Payloads.bytes(awaits.input(), values)))
                            : Optional.empty());
        }
    }

    private static final class Heard {
        private final Map<WaitName, CheckpointKind> known = new HashMap<>();
        private Effect.Awaits last;
    }

    OpenWaitsListener(Shards shards, Payloads payloads, EventWaits events, Approvals approvals, Workflows workflows) {
        this.shards = shards;
        this.payloads = payloads;
        this.events = events;
        this.approvals = approvals;
        this.workflows = workflows;
    }

    /** The server has started. */
    @EventListener
    void started(StartupEvent event) {
        shards.onAwaits(this::hear);
    }

    /** What a run waits for now; what is asked may have to be read first. */
    private void hear(Effect.Awaits awaits) {
        synchronized (runs) {
            if (awaits.open().isEmpty() && !runs.containsKey(awaits.run())) {
                return;
            }
            runs.computeIfAbsent(awaits.run(), any -> new Heard()).last = awaits;
        }
        read(awaits);
    }

    private void read(Effect.Awaits awaits) {
        var stored = stored(awaits);
        var values = stored.isEmpty()
                ? CompletableFuture.completedFuture(Map.<Payload, byte[]>of())
                : payloads.load(awaits.tenant(), stored);
        asks(awaits).thenCombine(values, Asked::new).whenComplete((asked, failure) -> {
            if (failure == null) {
                apply(awaits, asked);
            } else if (isNewest(awaits)) {
                LOG.warn("What run {} waits for cannot be read now; it is tried again.", awaits.run(), failure);
                CompletableFuture.delayedExecutor(AGAIN_SECONDS, TimeUnit.SECONDS)
                        .execute(() -> read(awaits));
            }
        });
    }

    /** The version of the run, where what it waits for is told by its manifest. */
    private CompletionStage<Optional<Manifest>> asks(Effect.Awaits awaits) {
        return awaits.open().stream().anyMatch(open -> open.checkpoint().key().isBefore())
                ? workflows.of(awaits.tenant(), awaits.version()).thenApply(version -> Optional.of(version.manifest()))
                : CompletableFuture.completedFuture(Optional.empty());
    }

    private boolean isNewest(Effect.Awaits awaits) {
        synchronized (runs) {
            var heard = runs.get(awaits.run());
            return heard != null && heard.last == awaits;
        }
    }

    private static Set<Payload> stored(Effect.Awaits awaits) {
        var stored = new HashSet<Payload>();
        if (awaits.input().kind() == Payload.Kind.STORED) {
            stored.add(awaits.input());
        }
        for (var open : awaits.open()) {
            if (open.checkpoint().value().kind() == Payload.Kind.STORED) {
                stored.add(open.checkpoint().value());
            }
        }
        return stored;
    }

    private void apply(Effect.Awaits awaits, Asked asked) {
        synchronized (runs) {
            var heard = runs.get(awaits.run());
            if (heard == null || heard.last != awaits) {
                return; // there is newer
            }
            var now = new HashMap<WaitName, OpenWait>();
            awaits.open().forEach(open -> now.put(name(awaits, open), open));
            heard.known.entrySet().removeIf(known -> {
                boolean over = !now.containsKey(known.getKey());
                if (over) {
                    events.over(known.getKey());
                    approvals.over(known.getKey());
                }
                return over;
            });
            now.forEach((name, open) -> {
                if (heard.known.putIfAbsent(name, open.checkpoint().kind()) == null) {
                    opened(awaits, name, open, asked);
                }
            });
            if (now.isEmpty()) {
                runs.remove(awaits.run());
            }
        }
    }

    private void opened(Effect.Awaits awaits, WaitName name, OpenWait open, Asked asked) {
        try {
            var wait = new OpenedWait(
                    name,
                    asked.of(awaits, open),
                    awaits.version(),
                    awaits.started(),
                    open.checkpoint().until(),
                    open.since());
            if (open.checkpoint().kind() == CheckpointKind.EVENT) {
                events.opened(wait);
            } else {
                approvals.opened(wait);
            }
        } catch (IllegalArgumentException e) {
            LOG.error("Nobody can bring run {} what it waits for as '{}': {}", name.run(), name.key(), e.getMessage());
        }
    }

    private static WaitName name(Effect.Awaits awaits, OpenWait open) {
        return new WaitName(
                awaits.tenant(),
                awaits.run(),
                awaits.generation(),
                open.node(),
                open.element(),
                open.checkpoint().key());
    }
}
