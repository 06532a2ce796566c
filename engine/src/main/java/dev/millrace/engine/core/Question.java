package dev.millrace.engine.core;

import dev.millrace.engine.timer.Timer;

/** A question about a step that is open: whether it is to run, and on what terms. Due when it is to be asked again. */
final class Question extends Timer {
    final Run run;
    final Plan.Node node;

    Question(Run run, Plan.Node node) {
        this.run = run;
        this.node = node;
    }

    boolean isOpen() {
        return run.question(node.number) == this;
    }

    @Override
    protected int kind() {
        return Kinds.QUESTION;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        var that = (Question) other;
        int order = run.id.compareTo(that.run.id);
        return order != 0 ? order : Integer.compare(node.number, that.node.number);
    }
}
