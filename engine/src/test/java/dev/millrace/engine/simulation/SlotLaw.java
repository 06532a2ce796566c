package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Fact;
import dev.millrace.engine.RunId;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.WorkflowPlan;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts slots by what workers say of themselves and by what is stored, and by nothing else: the live attempts of a worker never take more
 * slots of a kind than it has, and only slots of kinds that it has.
 */
final class SlotLaw {
    private record TaskKey(RunId run, int node, int element) {}

    /** A call that serves several takes the slots of one. */
    private record Taken(String kind, int slots, long call) {}

    private final World world;
    private final Map<WorkerId, WorkerInfo> workers = new HashMap<>();
    private final Map<TaskKey, WorkerId> live = new HashMap<>();
    private final Map<WorkerId, Map<TaskKey, Taken>> taken = new HashMap<>();

    SlotLaw(World world) {
        this.world = world;
    }

    void present(WorkerInfo worker) {
        workers.put(worker.id(), worker);
    }

    void offered(Fact.AttemptOffered fact, WorkflowPlan plan) {
        var ref = fact.attempt();
        if (ref.node() >= plan.steps()) {
            return;
        }
        var policy = plan.manifest().steps().get(ref.node()).policy();
        var task = new TaskKey(ref.run(), ref.node(), ref.element());
        var worker = workers.get(fact.worker());
        var all = taken.computeIfAbsent(fact.worker(), any -> new LinkedHashMap<>());
        live.put(task, fact.worker());
        all.put(task, new Taken(policy.slotKind(), policy.slots(), fact.call()));
        int sum = sum(all, policy.slotKind());
        assertThat(sum)
                .as("no more slots of kind '%s' than %s has: %s", policy.slotKind(), worker, fact)
                .isLessThanOrEqualTo(worker.slots(policy.slotKind()));
        if (!policy.slotKind().isEmpty() && sum == worker.slots(policy.slotKind())) {
            world.hit(Probe.SLOT_KIND_FULL);
        }
    }

    private static int sum(Map<TaskKey, Taken> all, String kind) {
        var calls = new HashMap<Long, Integer>();
        int sum = 0;
        for (var one : all.values()) {
            if (one.kind.equals(kind) && (one.call == 0 || calls.put(one.call, one.slots) == null)) {
                sum += one.slots;
            }
        }
        return sum;
    }

    /** It is not live any more, or goes on without its slots; nothing happens if that was so before. */
    void over(AttemptRef ref) {
        over(ref.run(), ref.node(), ref.element());
    }

    void over(RunId run, int node, int element) {
        var task = new TaskKey(run, node, element);
        var worker = live.remove(task);
        if (worker != null) {
            taken.get(worker).remove(task);
        }
    }
}
