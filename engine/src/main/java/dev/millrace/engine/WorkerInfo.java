package dev.millrace.engine;

import java.util.List;
import java.util.Map;

/**
 * What a worker says of itself when its stream opens.
 *
 * @param id chosen once per process
 * @param name for people
 * @param slots how many slots it has in all, at least 1
 * @param labels what placement may ask for
 * @param versions the versions it serves; any version of equal shape is served too
 */
public record WorkerInfo(WorkerId id, String name, int slots, Map<String, String> labels, List<VersionRef> versions) {
    public WorkerInfo {
        if (slots < 1) {
            throw new IllegalArgumentException("A worker has at least one slot, but " + name + " says " + slots + ".");
        }
        labels = Map.copyOf(labels);
        versions = List.copyOf(versions);
    }
}
