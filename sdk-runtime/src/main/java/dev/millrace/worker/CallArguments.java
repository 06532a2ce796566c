package dev.millrace.worker;

import dev.millrace.Outcome;
import dev.millrace.RunFailure;
import dev.millrace.StepFailure;
import dev.millrace.TypeRef;
import dev.millrace.binding.Parameter;
import dev.millrace.codec.Codec;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.worker.durable.DurableAttempt;
import dev.millrace.worker.items.StepEmitter;
import java.lang.reflect.ParameterizedType;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes the arguments of one call from what the assignment brought. */
final class CallArguments {
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]*");

    private final Codec codec;
    private final LiveAttempt attempt;
    private final Assignment assignment;
    private final AttemptContext context;
    private final Optional<Connection> connection;

    CallArguments(Codec codec, LiveAttempt attempt, AttemptContext context) {
        this(codec, attempt, context, Optional.empty());
    }

    /**
     * Of a step that may be transactional.
     *
     * @param connection of its transaction
     */
    CallArguments(Codec codec, LiveAttempt attempt, AttemptContext context, Optional<Connection> connection) {
        this.connection = connection;
        this.codec = codec;
        this.attempt = attempt;
        this.assignment = attempt.assignment();
        this.context = context;
    }

    Object[] of(List<Parameter> parameters) {
        Map<Integer, Argument> sent = new HashMap<>();
        assignment.getArgumentsList().forEach(argument -> sent.put(argument.getParameter(), argument));
        var arguments = new Object[parameters.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = argument(parameters.get(i), Optional.ofNullable(sent.get(i)));
        }
        return arguments;
    }

    private Object argument(Parameter parameter, Optional<Argument> sent) {
        if (parameter instanceof Parameter.Input input) {
            return value(input.type(), sent);
        }
        if (parameter instanceof Parameter.Parent parent) {
            return value(parent.type(), sent);
        }
        if (parameter instanceof Parameter.Element element) {
            return value(element.type(), sent);
        }
        if (parameter instanceof Parameter.OptionalParent parent) {
            return json(sent).map(json -> codec.read(json, parent.value()));
        }
        if (parameter instanceof Parameter.ParentOutcome parent) {
            return outcome(parent, sent);
        }
        if (parameter instanceof Parameter.Event event) {
            return value(event.type(), sent);
        }
        if (parameter instanceof Parameter.Approval approval) {
            return value(approval.type(), sent);
        }
        if (parameter instanceof Parameter.Turn turn) {
            return value(turn.type(), sent);
        }
        if (parameter instanceof Parameter.Context) {
            return context;
        }
        if (parameter instanceof Parameter.Failure) {
            return runFailure();
        }
        if (parameter instanceof Parameter.Durable) {
            return attempt.durable().orElseThrow().durable();
        }
        if (parameter instanceof Parameter.Emitter emitter) {
            return emitter(emitter.item());
        }
        if (parameter instanceof Parameter.Connection) {
            return connection.orElseThrow();
        }
        throw new IllegalStateException("A worker that cannot give a " + parameter + " must not serve it.");
    }

    private <T> StepEmitter<T> emitter(TypeRef<T> item) {
        return new StepEmitter<>(
                attempt.items().orElseThrow(),
                item,
                codec,
                context,
                attempt.clock(),
                () -> attempt.durable().filter(DurableAttempt::repeats).isPresent());
    }

    /** A parent without value is absent: an empty {@code Optional} where the parameter is one, else {@code null}. */
    private Object value(TypeRef<?> type, Optional<Argument> sent) {
        var json = json(sent);
        if (json.isPresent()) {
            return codec.read(json.get(), type);
        }
        return isOptional(type) ? Optional.empty() : null;
    }

    private static Optional<byte[]> json(Optional<Argument> sent) {
        return sent.filter(argument -> argument.getState() == Argument.State.VALUE)
                .map(argument -> argument.getValue().toByteArray());
    }

    private Outcome<?> outcome(Parameter.ParentOutcome parent, Optional<Argument> sent) {
        if (sent.filter(argument -> argument.getState() == Argument.State.FAILED)
                .isPresent()) {
            return new Outcome.Failed<>(failure(parent.step(), sent.get().getFailure()));
        }
        return json(sent)
                .<Outcome<?>>map(json -> new Outcome.Succeeded<>(codec.read(json, parent.value())))
                .orElseGet(Outcome.Skipped::new);
    }

    /** A failure has the class of an exception, or a code of the engine. */
    private static StepFailure failure(String step, Failure failure) {
        boolean exception = !CODE.matcher(failure.getType()).matches();
        return new StepFailure(
                step,
                exception ? "STEP_FAILED" : failure.getType(),
                exception ? failure.getType() : "",
                failure.getMessage());
    }

    static boolean isOptional(TypeRef<?> type) {
        return type.type() instanceof ParameterizedType parameterized && parameterized.getRawType() == Optional.class;
    }

    private RunFailure runFailure() {
        var failure = assignment.getRunFailure();
        var cause = failure.getCause();
        return new RunFailure(
                context.runId(),
                failure.getState().equals("TIMED_OUT") ? RunFailure.Reason.TIMED_OUT : RunFailure.Reason.FAILED,
                failure.getCode(),
                cause.getMessage(),
                failure.getStep().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new StepFailure(
                                failure.getStep(), failure.getCode(), cause.getType(), cause.getMessage())));
    }
}
