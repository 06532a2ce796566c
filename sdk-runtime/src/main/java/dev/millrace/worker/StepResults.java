package dev.millrace.worker;

import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.wire.worker.v1.Success;
import java.util.Optional;

/** Turns what a step returned into what is stored, or says why it cannot be. */
final class StepResults {
    private static final int MOST_BYTES = 1024 * 1024;

    private final Codec codec;

    StepResults(Codec codec) {
        this.codec = codec;
    }

    /** Puts the outcome of a method that returned a value, or {@code null}, into a completion. */
    void put(ServedMethod<?> method, Optional<Object> value, Completion.Builder completion) {
        var type = method.binding().result();
        String step = "Step '" + method.binding().name() + "' ";
        if (type.type() == Void.class || value.filter(Optional.empty()::equals).isPresent()) {
            completion.setSuccess(Success.getDefaultInstance());
        } else if (value.isEmpty()) {
            completion.setFailure(invalid(step
                    + "returned null. Return an Optional where there may be no value, so that steps which need it are"
                    + " skipped."));
        } else {
            try {
                put(step, codec.write(value.get(), type), completion);
            } catch (CodecException | InvalidJsonException e) {
                completion.setFailure(invalid(step + "returned a value that cannot be stored: " + e.getMessage()));
            } catch (StackOverflowError e) {
                completion.setFailure(
                        invalid(step + "returned a value that refers to itself, so it has no end as JSON."));
            }
        }
    }

    private static void put(String step, byte[] json, Completion.Builder completion) {
        if (json.length > MOST_BYTES) {
            completion.setFailure(Failures.of(
                    "OUTPUT_TOO_LARGE",
                    step + "returned " + json.length + " bytes of JSON, but a result may have " + MOST_BYTES
                            + ". Store it elsewhere and return where."));
            return;
        }
        Json.check(json);
        completion.setSuccess(Success.newBuilder().setResult(ByteString.copyFrom(json)));
    }

    private static Failure invalid(String message) {
        return Failures.of("OUTPUT_INVALID", message);
    }
}
