package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Effect;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears from the shards what runs wait for, and tells those who bring it what is new and what is over. Safe for use by several threads. */
@Singleton
final class OpenWaitsListener {
    private static final Logger LOG = LoggerFactory.getLogger(OpenWaitsListener.class);

    private final Shards shards;
    private final Payloads payloads;
    private final EventWaits events;
    private final Approvals approvals;

    /** What is known of each run that waits, and what was heard last. Guarded by itself. */
    private final Map<RunId, Heard> runs = new HashMap<>();

    private static final class Heard {
        private final Map<WaitName, CheckpointKind> known = new HashMap<>();
        private Effect.Awaits last;
    }

    OpenWaitsListener(Shards shards, Payloads payloads, EventWaits events, Approvals approvals) {
        this.shards = shards;
        this.payloads = payloads;
        this.events = events;
        this.approvals = approvals;
    }

    /** The server has started. */
    @EventListener
    void started(StartupEvent event) {
        shards.onAwaits(this::hear);
    }

    /** What a run waits for now; large questions have to be read first. */
    private void hear(Effect.Awaits awaits) {
        var stored = stored(awaits);
        synchronized (runs) {
            if (awaits.open().isEmpty() && !runs.containsKey(awaits.run())) {
                return;
            }
            runs.computeIfAbsent(awaits.run(), any -> new Heard()).last = awaits;
        }
        if (stored.isEmpty()) {
            apply(awaits, Map.of());
        } else {
            payloads.load(awaits.tenant(), stored).whenComplete((values, failure) -> {
                if (failure == null) {
                    apply(awaits, values);
                } else {
                    LOG.error(
                            "What run {} waits for cannot be read; it is tried again after a restart.",
                            awaits.run(),
                            failure);
                }
            });
        }
    }

    private static Set<Payload> stored(Effect.Awaits awaits) {
        var stored = new HashSet<Payload>();
        for (var open : awaits.open()) {
            if (open.checkpoint().value().kind() == Payload.Kind.STORED) {
                stored.add(open.checkpoint().value());
            }
        }
        return stored;
    }

    private void apply(Effect.Awaits awaits, Map<Payload, byte[]> values) {
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
                    opened(awaits, name, open, values);
                }
            });
            if (now.isEmpty()) {
                runs.remove(awaits.run());
            }
        }
    }

    private void opened(Effect.Awaits awaits, WaitName name, OpenWait open, Map<Payload, byte[]> values) {
        var wait = new OpenedWait(
                name,
                Payloads.bytes(open.checkpoint().value(), values),
                awaits.version(),
                awaits.started(),
                open.checkpoint().until(),
                open.since());
        try {
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
