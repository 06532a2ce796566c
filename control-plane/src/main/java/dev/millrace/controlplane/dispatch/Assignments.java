package dev.millrace.controlplane.dispatch;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.controlplane.errors.FailureCode;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.manifest.Json;
import dev.millrace.protocol.worker.v1.Argument;
import dev.millrace.protocol.worker.v1.Assignment;
import dev.millrace.protocol.worker.v1.Call;
import dev.millrace.protocol.worker.v1.RunFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the frames' assignments of the engine's, which name payloads and say how arguments are made of them. Used by one thread at
 * a time: it remembers the list it took apart last, because the elements of a list are handed out one after the other.
 */
final class Assignments {
    private byte[] list = {};
    private int[] elements = {};

    /** The payloads whose bytes must be read before the assignment can be made. */
    static Set<Payload> stored(Effect.Assignment assignment) {
        Set<Payload> stored = Set.of();
        for (var argument : assignment.arguments()) {
            for (var value : argument.values()) {
                if (value.kind() == Payload.Kind.STORED) {
                    if (stored.isEmpty()) {
                        stored = new HashSet<>();
                    }
                    stored.add(value);
                }
            }
        }
        for (var checkpoint : assignment.checkpoints().all()) {
            if (checkpoint.value().kind() == Payload.Kind.STORED) {
                stored = stored.isEmpty() ? new HashSet<>() : stored;
                stored.add(checkpoint.value());
            }
        }
        return stored;
    }

    /** @param values the bytes of the stored payloads */
    Assignment assignment(Effect.Assignment from, Map<Payload, byte[]> values) {
        var assignment = Assignment.newBuilder()
                .setAttempt(Wire.attempt(from.attempt(), from.step()))
                .setWorkflow(from.version().workflow())
                .setVersion(from.version().hash())
                .setTimeoutMillis(from.timeout().toMillis())
                .putAllMetadata(from.metadata())
                .setRetriesLeft(Math.max(0, from.retriesLeft()))
                .setRunStartedMicros(Wire.micros(from.runStarted()))
                .setCheckpoints(from.checkpoints().all().size())
                .setStartsWhenConfirmed(from.startsWhenConfirmed())
                .setTurn(from.turn())
                .setSeals(from.seals());
        for (var argument : from.arguments()) {
            assignment.addArguments(argument(argument, values));
        }
        if (from.call().isShared()) {
            assignment.setCall(Call.newBuilder()
                    .setNumber(from.call().number())
                    .setSize(from.call().size()));
        }
        from.failure().ifPresent(failure -> assignment.setRunFailure(runFailure(failure)));
        return assignment.build();
    }

    private Argument argument(Effect.Argument from, Map<Payload, byte[]> values) {
        var argument = Argument.newBuilder().setParameter(from.parameter());
        from.failure().ifPresent(failure -> argument.setFailure(Wire.failure(failure)));
        return switch (from.state()) {
            case SUCCEEDED -> {
                var value = value(from, values);
                yield value.isEmpty()
                        ? argument.setState(Argument.State.EMPTY).build()
                        : argument.setState(Argument.State.VALUE)
                                .setValue(value)
                                .build();
            }
            case SKIPPED -> argument.setState(Argument.State.SKIPPED).build();
            case FAILED, CANCELLED -> argument.setState(Argument.State.FAILED).build();
            case PENDING, QUEUED, ASSIGNED, RUNNING, WAITING, BACKING_OFF ->
                throw new IllegalStateException("An attempt is assigned although the step behind its parameter "
                        + from.parameter() + " is still " + from.state() + ".");
        };
    }

    private ByteString value(Effect.Argument from, Map<Payload, byte[]> values) {
        var first = from.values().isEmpty() ? Payload.NONE : from.values().get(0);
        return switch (from.form()) {
            case WHOLE -> UnsafeByteOperations.unsafeWrap(Payloads.bytes(first, values));
            case ELEMENT -> element(Payloads.bytes(first, values), from.element());
            case JOINED -> UnsafeByteOperations.unsafeWrap(joined(from, values));
        };
    }

    /** The list of all values: the results of a mapped step. */
    static byte[] joined(Effect.Argument from, Map<Payload, byte[]> values) {
        List<byte[]> each = new ArrayList<>(from.values().size());
        for (var value : from.values()) {
            each.add(value.isPresent() ? Payloads.bytes(value, values) : "null".getBytes(StandardCharsets.US_ASCII));
        }
        return Payloads.joined(each);
    }

    private ByteString element(byte[] json, int element) {
        if (list != json) {
            list = json;
            elements = Json.elements(json);
        }
        int start = elements[2 * element];
        return UnsafeByteOperations.unsafeWrap(json, start, elements[2 * element + 1] - start);
    }

    private static RunFailure runFailure(dev.millrace.engine.RunFailure failure) {
        boolean timedOut = failure.cause().type().equals(Failure.RUN_TIMEOUT);
        return RunFailure.newBuilder()
                .setStep(failure.step())
                .setCode(FailureCode.of(failure.cause()))
                .setCause(Wire.failure(failure.cause()))
                .setState(timedOut ? "TIMED_OUT" : "FAILED")
                .build();
    }
}
