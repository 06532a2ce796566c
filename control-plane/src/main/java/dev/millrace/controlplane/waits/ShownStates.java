package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.api.model.ShownState;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.runs.Refusals;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.WorkflowPlan;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What durable steps show of themselves. Safe for use by several threads; nothing blocks. */
@Singleton
final class ShownStates {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private record Shown(int node, int element, Checkpoint state) {}

    private final Shards shards;
    private final Payloads payloads;
    private final Workflows workflows;

    ShownStates(Shards shards, Payloads payloads, Workflows workflows) {
        this.shards = shards;
        this.payloads = payloads;
        this.workflows = workflows;
    }

    /** In the order of the steps and elements; fails if there is no such run. */
    CompletionStage<List<ShownState>> of(TenantId tenant, RunId run) {
        return shards.ask(tenant, replyTo -> new Command.ReadRun(replyTo, tenant, run), DEADLINE)
                .thenCompose(reply -> {
                    if (!(reply instanceof Reply.RunRead read)) {
                        throw Refusals.of(reply);
                    }
                    var shown = shown(read.image());
                    return workflows
                            .of(tenant, read.image().version())
                            .thenCombine(
                                    payloads.load(tenant, stored(shown)),
                                    (version, values) -> views(shown, version.plan(), values));
                });
    }

    private static List<Shown> shown(RunImage image) {
        List<Shown> shown = new ArrayList<>();
        for (var task : image.tasks()) {
            for (var checkpoint : task.checkpoints().all()) {
                if (checkpoint.kind() == CheckpointKind.STATE) {
                    shown.add(new Shown(task.node(), task.element(), checkpoint));
                }
            }
        }
        return shown;
    }

    private static Set<Payload> stored(List<Shown> shown) {
        Set<Payload> stored = new HashSet<>();
        shown.stream()
                .map(each -> each.state().value())
                .filter(value -> value.kind() == Payload.Kind.STORED)
                .forEach(stored::add);
        return stored;
    }

    private static List<ShownState> views(List<Shown> shown, WorkflowPlan plan, Map<Payload, byte[]> values) {
        return shown.stream()
                .map(each -> new ShownState(
                        plan.name(each.node()),
                        each.element(),
                        RawJson.ofChecked(Payloads.bytes(each.state().value(), values)),
                        Instant.parse(each.state().source())))
                .toList();
    }
}
