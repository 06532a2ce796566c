package dev.millrace.worker.durable;

import dev.millrace.TypeRef;

/** An action that goes on beside the code that began it. For the thread of that code. */
final class Fork<T> extends Begun<T> {
    private final TypeRef<T> result;
    /** What it failed with, where it failed just now. */
    private volatile Throwable thrown;

    Fork(DurableCode code, Action action, TypeRef<T> result) {
        super(code, action, result);
        this.result = result;
    }

    TypeRef<T> result() {
        return result;
    }

    Throwable thrown() {
        return thrown;
    }

    void thrown(Throwable by) {
        thrown = by;
    }

    @Override
    public T join() {
        return code().join(this);
    }
}
