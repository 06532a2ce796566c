package dev.millrace.engine.core;

import dev.millrace.engine.timer.Timer;

/** A question about a step that is open: whether its condition holds. Due when it is to be asked again. */
final class Condition extends Timer {
    final Run run;
    final Plan.Node node;

    Condition(Run run, Plan.Node node) {
        this.run = run;
        this.node = node;
    }

    boolean isOpen() {
        return run.condition(node.number) == this;
    }

    @Override
    protected int kind() {
        return Kinds.CONDITION;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        var that = (Condition) other;
        int order = run.id.compareTo(that.run.id);
        return order != 0 ? order : Integer.compare(node.number, that.node.number);
    }
}
