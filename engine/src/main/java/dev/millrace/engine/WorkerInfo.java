package dev.millrace.engine;

import java.util.List;
import java.util.Map;

/**
 * What a worker says of itself when its stream opens.
 *
 * @param id chosen once per process
 * @param name for people
 * @param slots how many slots it has in all, at least 1; of those that have no kind
 * @param labels what placement may ask for
 * @param versions the versions it serves; any version of equal shape is served too
 * @param slotKinds how many slots it has of each kind that has a name, at least 1
 * @param builds names the builds of its code, by workflow; without those that it does not name
 */
public record WorkerInfo(
        WorkerId id,
        String name,
        int slots,
        Map<String, String> labels,
        List<VersionRef> versions,
        Map<String, Integer> slotKinds,
        Map<String, String> builds) {
    public WorkerInfo {
        if (slots < 1) {
            throw new IllegalArgumentException("A worker has at least one slot, but " + name + " says " + slots + ".");
        }
        labels = Map.copyOf(labels);
        versions = List.copyOf(versions);
        slotKinds = Map.copyOf(slotKinds);
        builds = Map.copyOf(builds);
        for (var kind : slotKinds.entrySet()) {
            if (kind.getKey().isEmpty() || kind.getValue() < 1) {
                throw new IllegalArgumentException("A worker has at least one slot of each kind that it names, but "
                        + name + " says " + kind.getValue() + " of '" + kind.getKey() + "'.");
            }
        }
    }

    /** A worker whose slots are all alike. */
    public WorkerInfo(WorkerId id, String name, int slots, Map<String, String> labels, List<VersionRef> versions) {
        this(id, name, slots, labels, versions, Map.of(), Map.of());
    }

    /** The same with other labels. */
    public WorkerInfo withLabels(Map<String, String> other) {
        return new WorkerInfo(id, name, slots, other, versions, slotKinds, builds);
    }

    /** The same with slots of these kinds beside its others. */
    public WorkerInfo withSlotKinds(Map<String, Integer> kinds) {
        return new WorkerInfo(id, name, slots, labels, versions, kinds, builds);
    }

    /** The same with these builds of its code, by workflow. */
    public WorkerInfo withBuilds(Map<String, String> other) {
        return new WorkerInfo(id, name, slots, labels, versions, slotKinds, other);
    }

    /** The build of its code of a workflow; empty if it does not name one. */
    public String build(String workflow) {
        return builds.getOrDefault(workflow, "");
    }

    /** How many slots it has in all of a kind; empty for those without. */
    public int slots(String kind) {
        return kind.isEmpty() ? slots : slotKinds.getOrDefault(kind, 0);
    }
}
