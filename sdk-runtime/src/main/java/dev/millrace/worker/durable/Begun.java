package dev.millrace.worker.durable;

import dev.millrace.Pending;
import dev.millrace.TypeRef;

/** Something that durable code has begun and can wait for. For the thread of that code. */
abstract sealed class Begun<T> implements Pending<T> permits Fork, Expected, Child {
    private final DurableCode code;
    private final Action action;
    private final TypeRef<?> type;

    /**
     * Begun by this code.
     *
     * @param type what is stored of it
     */
    Begun(DurableCode code, Action action, TypeRef<?> type) {
        this.code = code;
        this.action = action;
        this.type = type;
    }

    DurableCode code() {
        return code;
    }

    Action action() {
        return action;
    }

    TypeRef<?> type() {
        return type;
    }

    boolean isOf(DurableCode other) {
        return code == other;
    }

    @Override
    public boolean isDone() {
        return code.isDone(this);
    }

    @Override
    public String toString() {
        return action.toString();
    }
}
