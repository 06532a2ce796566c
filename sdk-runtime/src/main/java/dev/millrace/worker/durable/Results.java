package dev.millrace.worker.durable;

import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import java.lang.reflect.ParameterizedType;
import java.util.Optional;

/** Makes what code is given of what is stored: always that, so that the first time is as every other. */
record Results(Codec codec) {

    /**
     * The result of a settled action.
     *
     * @param thrown what made it fail, where it failed just now; else null
     * @throws dev.millrace.ActionFailedException if it failed
     */
    <T> T of(StoredAction action, TypeRef<T> type, Throwable thrown) {
        if (action.failure().isPresent()) {
            throw DurableCode.failed(action.action().name(), action.failure().get(), thrown);
        }
        return action.json().length == 0 ? none(type) : read(action.json(), type);
    }

    <T> T read(byte[] json, TypeRef<T> type) {
        return codec.read(json, type);
    }

    @SuppressWarnings("unchecked")
    private static <T> T none(TypeRef<T> type) {
        boolean optional =
                type.type() instanceof ParameterizedType parameterized && parameterized.getRawType() == Optional.class;
        return optional ? (T) Optional.empty() : null;
    }
}
