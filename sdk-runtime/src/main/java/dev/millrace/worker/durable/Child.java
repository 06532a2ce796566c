package dev.millrace.worker.durable;

import dev.millrace.TypeRef;
import dev.millrace.binding.StartedChild;

/** A run that durable code started. For the thread of that code. */
final class Child<R> extends Begun<R> implements StartedChild<R> {
    private final TypeRef<R> result;

    Child(DurableCode code, Action action, TypeRef<R> result) {
        super(code, action, result);
        this.result = result;
    }

    TypeRef<R> result() {
        return result;
    }

    @Override
    public String runId() {
        return code().runId(this);
    }

    @Override
    public R join() {
        return code().join(this);
    }
}
