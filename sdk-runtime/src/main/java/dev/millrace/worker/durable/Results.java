package dev.millrace.worker.durable;

import dev.millrace.NonRetryableException;
import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import java.lang.reflect.ParameterizedType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Makes what code is given of what is stored: always that, so that the first time is as every other. */
record Results(Codec codec) {
    private static final int MOST_SHOWN = 200;

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

    /**
     * What came from outside; empty if it did not come in time.
     *
     * @throws dev.millrace.ActionFailedException if nothing can be waited for so
     * @throws NonRetryableException if it is not of the type that the step waits for: the same would come of every repetition
     */
    <T> Optional<T> expected(StoredAction action, TypeRef<T> type, String step) {
        if (action.failure().isPresent()) {
            throw DurableCode.failed(action.action().name(), action.failure().get(), null);
        }
        if (action.state() == StoredAction.State.TIMED_OUT) {
            return Optional.empty();
        }
        T value;
        try {
            value = codec.read(action.json(), type);
        } catch (CodecException e) {
            throw other(action, type, step, e.getMessage(), e);
        }
        return Optional.of(
                Optional.ofNullable(value).orElseThrow(() -> other(action, type, step, "It has no value.", null)));
    }

    private static NonRetryableException other(
            StoredAction action, TypeRef<?> type, String step, String why, Throwable cause) {
        var json = new String(action.json(), StandardCharsets.UTF_8);
        var shown = json.length() > MOST_SHOWN ? json.substring(0, MOST_SHOWN) + "…" : json;
        return new NonRetryableException(
                "Step '" + step + "' waits for " + action.action().kind() + " '"
                        + action.action().name() + "' as " + type.type().getTypeName() + ", but what came is " + shown
                        + ". " + why,
                cause);
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
