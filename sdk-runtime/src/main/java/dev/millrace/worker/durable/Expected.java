package dev.millrace.worker.durable;

import dev.millrace.TypeRef;
import java.util.Optional;

/** Something from outside that durable code waits for. For the thread of that code. */
final class Expected<T> extends Begun<Optional<T>> {
    private final TypeRef<T> value;

    Expected(DurableCode code, Action action, TypeRef<T> value) {
        super(code, action, value);
        this.value = value;
    }

    TypeRef<T> value() {
        return value;
    }

    @Override
    public Optional<T> join() {
        return code().join(this);
    }
}
