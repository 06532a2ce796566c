package dev.millrace.controlplane.items;

import dev.millrace.controlplane.runs.Refusals;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.SchemaCheck;
import dev.millrace.manifest.StepSpec;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks the shard whether an attempt may emit, and the manifest what. Safe for use by several threads; nothing blocks. */
@Singleton
final class Admission {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MOST_SCHEMAS = 1_000;

    private final Shards shards;
    private final Workflows workflows;

    private record Key(TenantId tenant, VersionRef version, int node) {}

    /** Schemas made ready for checking, the eldest forgotten first. Guarded by itself. */
    private final Map<Key, Emitting> emitting = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Emitting> eldest) {
            return size() > MOST_SCHEMAS;
        }
    };

    /**
     * What a step may emit.
     *
     * @param step its name; empty for one that may emit nothing
     * @param schema of its items; empty when any value fits
     */
    record Emitting(String step, Optional<SchemaCheck> schema) {
        static final Emitting NOTHING = new Emitting("", Optional.empty());
    }

    Admission(Shards shards, Workflows workflows) {
        this.shards = shards;
        this.workflows = workflows;
    }

    /** What the attempt may emit; fails when it is not live, or not with this worker. */
    CompletionStage<Emitting> of(TenantId tenant, WorkerId worker, AttemptRef attempt) {
        return shards.ask(tenant, replyTo -> new Command.CheckAttempt(replyTo, tenant, worker, attempt), DEADLINE)
                .thenCompose(reply -> {
                    if (reply instanceof Reply.AttemptLive live) {
                        return workflows.of(tenant, live.version()).thenApply(version -> of(tenant, version, attempt));
                    }
                    throw Refusals.of(reply);
                });
    }

    private Emitting of(TenantId tenant, WorkflowVersion version, AttemptRef attempt) {
        var key = new Key(tenant, version.ref(), attempt.node());
        synchronized (emitting) {
            return emitting.computeIfAbsent(key, any -> of(version, attempt.node()));
        }
    }

    private static Emitting of(WorkflowVersion version, int node) {
        var steps = version.manifest().steps();
        return node < steps.size() ? of(steps.get(node)) : Emitting.NOTHING;
    }

    private static Emitting of(StepSpec step) {
        return step.stream()
                .map(stream -> new Emitting(
                        step.name(),
                        stream.schema().equals(JsonValue.TRUE)
                                ? Optional.empty()
                                : Optional.of(SchemaCheck.of(stream.schema()))))
                .orElse(Emitting.NOTHING);
    }
}
