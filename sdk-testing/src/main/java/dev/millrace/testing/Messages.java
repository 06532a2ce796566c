package dev.millrace.testing;

import dev.millrace.client.StartRefusedException;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Spent;
import dev.millrace.engine.Usage;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.protobuf.InvalidProtocolBufferException;
import dev.millrace.wire.worker.v1.Amount;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.SpentSoFar;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Between the engine's words and those of the worker protocol; what the doors of a control plane do. Stateless. */
final class Messages {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private Messages() {}

    /** The confirmation that some steps wait for has been given when the worker hears of them here. */
    static Assignment assignment(Effect.Assignment from) {
        var assignment = Assignment.newBuilder()
                .setAttempt(attempt(from.attempt(), from.step()))
                .setWorkflow(from.version().workflow())
                .setVersion(from.version().hash())
                .setTimeoutMillis(from.timeout().toMillis())
                .putAllMetadata(from.metadata())
                .setCheckpoints(from.checkpoints().all().size())
                .setSeals(from.seals())
                .setTurn(from.turn())
                .setRetriesLeft(Math.max(0, from.retriesLeft()))
                .setRunStartedMicros(ChronoUnit.MICROS.between(Instant.EPOCH, from.runStarted()));
        from.arguments().forEach(argument -> assignment.addArguments(argument(argument)));
        from.failure().ifPresent(failure -> assignment.setRunFailure(runFailure(failure)));
        return assignment.build();
    }

    static dev.millrace.wire.worker.v1.AttemptRef attempt(AttemptRef from, String step) {
        return dev.millrace.wire.worker.v1.AttemptRef.newBuilder()
                .setRunId(bytes(from.run().value()))
                .setGeneration(from.generation())
                .setStep(step)
                .setNode(from.node())
                .setElement(from.element())
                .setAttempt(from.attempt())
                .build();
    }

    static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }

    static AttemptRef attempt(dev.millrace.wire.worker.v1.AttemptRef from) {
        var id = from.getRunId().asReadOnlyByteBuffer();
        return new AttemptRef(
                new RunId(new UUID(id.getLong(), id.getLong())),
                from.getGeneration(),
                from.getNode(),
                from.getElement(),
                from.getAttempt());
    }

    private static Argument argument(Effect.Argument from) {
        var argument = Argument.newBuilder().setParameter(from.parameter());
        from.failure().ifPresent(failure -> argument.setFailure(failure(failure)));
        return switch (from.state()) {
            case SUCCEEDED -> {
                var value = value(from);
                yield value.length == 0
                        ? argument.setState(Argument.State.EMPTY).build()
                        : argument.setState(Argument.State.VALUE)
                                .setValue(ByteString.copyFrom(value))
                                .build();
            }
            case SKIPPED -> argument.setState(Argument.State.SKIPPED).build();
            case FAILED, CANCELLED -> argument.setState(Argument.State.FAILED).build();
            case PENDING, QUEUED, ASSIGNED, RUNNING, WAITING, BACKING_OFF ->
                throw new IllegalStateException("An attempt was assigned although what it needs is " + from.state());
        };
    }

    /** The bytes of an argument; none when it has no value. */
    static byte[] value(Effect.Argument from) {
        var first = from.values().isEmpty() ? new byte[0] : from.values().get(0).data();
        return switch (from.form()) {
            case WHOLE -> first;
            case ELEMENT -> element(first, from.element());
            case JOINED -> joined(from.values());
        };
    }

    private static byte[] element(byte[] list, int element) {
        var elements = Json.elements(list);
        return java.util.Arrays.copyOfRange(list, elements[2 * element], elements[2 * element + 1]);
    }

    /** The list of these values; one that is absent is {@code null} in it. */
    static byte[] joined(Iterable<Payload> values) {
        var joined = new ByteArrayOutputStream();
        joined.write('[');
        for (var value : values) {
            if (joined.size() > 1) {
                joined.write(',');
            }
            joined.writeBytes(value.isPresent() ? value.data() : NULL);
        }
        joined.write(']');
        return joined.toByteArray();
    }

    private static dev.millrace.wire.worker.v1.RunFailure runFailure(RunFailure failure) {
        var type = failure.cause().type();
        return dev.millrace.wire.worker.v1.RunFailure.newBuilder()
                .setStep(failure.step())
                .setCode(code(failure.cause()))
                .setCause(failure(failure.cause()))
                .setState(type.equals(Failure.RUN_TIMEOUT) ? "TIMED_OUT" : "FAILED")
                .build();
    }

    /** The engine's own code of a failure, or that of every exception of user code. */
    static String code(Failure failure) {
        return failure.type().matches("[A-Z][A-Z_]*") ? failure.type() : "STEP_FAILED";
    }

    static dev.millrace.wire.worker.v1.Failure failure(Failure failure) {
        return dev.millrace.wire.worker.v1.Failure.newBuilder()
                .setType(failure.type())
                .setMessage(failure.message())
                .setStackTrace(failure.stackTrace())
                .setNonRetryable(failure.nonRetryable())
                .setRetryAfterMillis(failure.retryAfterMillis())
                .setRateLimit(failure.rateLimit())
                .build();
    }

    /** How an attempt ended, checked as at the door. */
    /** @param metadata of the run */
    static Outcome outcome(Completion completion, Version version, Map<String, String> metadata) {
        return switch (completion.getOutcomeCase()) {
            case SUCCESS ->
                success(
                        completion.getSuccess().getResult().toByteArray(),
                        version,
                        completion.getAttempt().getNode());
            case FAILURE -> new Outcome.Failed(failure(completion.getFailure()));
            case NEXT_TURN -> turn(completion, version);
            case CANCELLED -> new Outcome.Cancelled();
            case RESTART -> restart(completion.getRestart().getInput().toByteArray(), version, metadata);
            case OUTCOME_NOT_SET -> throw new IllegalStateException("A worker told no outcome: " + completion);
        };
    }

    /** As a control plane makes it ready. */
    private static Outcome restart(byte[] input, Version version, Map<String, String> metadata) {
        try {
            version.requireInput(input);
        } catch (StartRefusedException e) {
            return new Outcome.Failed(new Failure(
                    e.code(), "The run cannot begin anew with this input. " + e.getMessage(), "", true, 0, ""));
        }
        return new Outcome.Restart(
                new Command.NewInput(Payload.inline(input), Verdicts.atStart(version.expressions(), input, metadata)));
    }

    private static Outcome turn(Completion completion, Version version) {
        var state = completion.getNextTurn().getState().toByteArray();
        var checked = success(state, version, completion.getAttempt().getNode());
        return checked instanceof Outcome.Success
                ? new Outcome.Again(
                        Payload.inline(state),
                        Duration.ofMillis(completion.getNextTurn().getDelayMillis()))
                : checked;
    }

    private static Outcome success(byte[] result, Version version, int node) {
        var problem = version.problem(node, result);
        if (problem.isPresent()) {
            return new Outcome.Failed(new Failure(Failure.RESULT_SCHEMA_MISMATCH, problem.get(), "", true, 0, ""));
        }
        if (result.length == 0) {
            return new Outcome.Success(Payload.NONE, -1);
        }
        try {
            return new Outcome.Success(
                    Payload.inline(result), result[0] == '[' ? Json.elements(result).length / 2 : -1);
        } catch (InvalidJsonException e) {
            return new Outcome.Failed(new Failure(Failure.OUTPUT_INVALID, e.getMessage(), "", true, 0, ""));
        }
    }

    static Failure failure(dev.millrace.wire.worker.v1.Failure failure) {
        return new Failure(
                failure.getType(),
                failure.getMessage(),
                failure.getStackTrace(),
                failure.getNonRetryable(),
                failure.getRetryAfterMillis(),
                failure.getRateLimit());
    }

    /** What an attempt has spent so far. */
    static SpentSoFar spentSoFar(byte[] bytes) {
        try {
            return SpentSoFar.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no SpentSoFar.", e);
        }
    }

    static Spent spent(dev.millrace.wire.worker.v1.Spent from) {
        return Spent.of(usage(from.getUsedList()), usage(from.getSettledList()));
    }

    private static Usage usage(List<Amount> amounts) {
        return Usage.of(amounts.stream().collect(Collectors.toMap(Amount::getName, Amount::getAmount)));
    }
}
