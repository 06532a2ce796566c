package dev.millrace.worker;

import dev.millrace.Loop;
import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.wire.worker.v1.NextTurn;
import dev.millrace.wire.worker.v1.Success;
import java.time.Duration;
import java.util.Optional;

/** Turns what a step returned into what is stored, or says why it cannot be. */
final class StepResults {
    private static final int MOST_BYTES = 1024 * 1024;

    /** As the control plane has it; no run goes on for so long. */
    private static final Duration LONGEST_DELAY = Duration.ofDays(366);

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
                put(step, value.get(), type, completion);
            } catch (CodecException | InvalidJsonException e) {
                completion.setFailure(invalid(step + "returned a value that cannot be stored: " + e.getMessage()));
            } catch (StackOverflowError e) {
                completion.setFailure(
                        invalid(step + "returned a value that refers to itself, so it has no end as JSON."));
            }
        }
    }

    private void put(String step, Object value, TypeRef<?> type, Completion.Builder completion) {
        if (value instanceof Loop.Again<?> again) {
            put(step, codec.write(again.state(), type), completion);
            if (completion.hasSuccess()) {
                completion.setNextTurn(NextTurn.newBuilder()
                        .setState(completion.getSuccess().getResult())
                        .setDelayMillis(millis(again.delay())));
            }
        } else {
            put(step, codec.write(value instanceof Loop.Done<?> done ? done.result() : value, type), completion);
        }
    }

    /** Rounded up: no turn comes before its time. */
    private static long millis(Duration delay) {
        return delay.compareTo(LONGEST_DELAY) > 0
                ? LONGEST_DELAY.toMillis()
                : delay.plusNanos(999_999).toMillis();
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
