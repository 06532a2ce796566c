package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the tasks of large runs that have changed since their last pass, so that a run of a thousand tasks does not rewrite a
 * thousand rows whenever one of them ends. Remembers the images of the last pass for runs that have task rows and have not ended.
 * For one thread.
 */
final class ChangedTasks {
    private final Map<RunId, List<TaskImage>> written = new HashMap<>();

    /** The tasks to write: all of a small run, those that changed of a large one. */
    List<TaskImage> of(RunImage image) {
        var before = written.get(image.run());
        if (!ImageCodec.hasTaskRows(image) || before == null) {
            return image.tasks();
        }
        Map<Long, TaskImage> known = new HashMap<>(before.size() * 2);
        before.forEach(task -> known.put(place(task), task));
        return image.tasks().stream()
                .filter(task -> !task.equals(known.get(place(task))))
                .toList();
    }

    /**
     * Whether rows of a former generation of the run may be there that have no task in this one: a replay of a mapped step can have
     * fewer elements than before.
     */
    boolean mayHaveOthers(RunImage image) {
        return image.generation() > 1 && !written.containsKey(image.run());
    }

    private static long place(TaskImage task) {
        return (long) task.node() << 32 | task.element();
    }

    /** The images are stored. */
    void stored(List<RunImage> images) {
        for (var image : images) {
            if (ImageCodec.hasTaskRows(image) && !image.state().isFinal()) {
                written.put(image.run(), image.tasks());
            } else {
                written.remove(image.run());
            }
        }
    }

    /** What was written is no longer known. */
    void forget() {
        written.clear();
    }
}
