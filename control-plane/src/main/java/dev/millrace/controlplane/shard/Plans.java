package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.shard.postgres.StepNames;
import dev.millrace.engine.Command;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkflowPlan;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The names of the nodes of every version that this instance has seen. Safe for use by several threads. */
final class Plans implements StepNames {
    private record Key(TenantId tenant, VersionRef version) {}

    private final Map<Key, WorkflowPlan> plans = new ConcurrentHashMap<>();

    void add(Command.DefineVersion define) {
        plans.computeIfAbsent(new Key(define.tenant(), define.version()), key -> new WorkflowPlan(define.manifest()));
    }

    @Override
    public String name(TenantId tenant, VersionRef version, int node) {
        var plan = plans.get(new Key(tenant, version));
        return plan == null || node >= plan.size() ? "" : plan.name(node);
    }
}
