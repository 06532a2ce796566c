package dev.millrace.worker.durable;

import dev.millrace.Pending;
import dev.millrace.TypeRef;

/** An action that goes on beside the code that began it. For the thread of that code. */
final class Fork<T> implements Pending<T> {
    private final DurableCode code;
    private final Action action;
    private final TypeRef<T> type;
    /** What it failed with, where it failed just now. */
    private volatile Throwable thrown;

    Fork(DurableCode code, Action action, TypeRef<T> type) {
        this.code = code;
        this.action = action;
        this.type = type;
    }

    Action action() {
        return action;
    }

    TypeRef<T> type() {
        return type;
    }

    Throwable thrown() {
        return thrown;
    }

    void thrown(Throwable by) {
        thrown = by;
    }

    boolean isOf(DurableCode other) {
        return code == other;
    }

    @Override
    public boolean isDone() {
        return code.isDone(this);
    }

    @Override
    public T join() {
        return code.join(this);
    }

    @Override
    public String toString() {
        return action.toString();
    }
}
