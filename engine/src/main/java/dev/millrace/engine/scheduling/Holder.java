package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.RunId;
import java.time.Instant;

/**
 * Who has a permit: a run, or the live attempt of a task. The one whose run started first is older.
 *
 * @param node number of the task's step; -1 for the run
 */
public record Holder(Instant started, RunId run, int node, int element) implements Comparable<Holder> {
    /** Stands for the run as a whole. */
    public static final int RUN = -1;

    @Override
    public int compareTo(Holder other) {
        int order = started.compareTo(other.started);
        order = order != 0 ? order : run.compareTo(other.run);
        order = order != 0 ? order : Integer.compare(node, other.node);
        return order != 0 ? order : Integer.compare(element, other.element);
    }

    Hold.Holder shown() {
        return new Hold.Holder(run, node, element);
    }
}
