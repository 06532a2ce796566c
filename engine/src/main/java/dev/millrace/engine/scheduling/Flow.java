package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;
import java.util.ArrayList;
import java.util.List;

/** The runs of one workflow in one priority, which together take turns with other flows. */
final class Flow {
    final Precedence precedence;
    final String workflow;
    final List<Turn> turns = new ArrayList<>(2);
    /** Lanes that take part. */
    int shown;
    /** Virtual time at which its next task starts. */
    long start;

    Flow(Precedence precedence, String workflow) {
        this.precedence = precedence;
        this.workflow = workflow;
    }

    boolean before(Flow other) {
        return start != other.start ? start < other.start : workflow.compareTo(other.workflow) < 0;
    }

    Priority priority() {
        return precedence.priority;
    }
}
