package dev.millrace.worker;

import dev.millrace.RunFailure;
import dev.millrace.StepFailure;
import dev.millrace.TypeRef;
import dev.millrace.binding.Parameter;
import dev.millrace.codec.Codec;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import java.lang.reflect.ParameterizedType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the arguments of one call from what the assignment brought. */
final class CallArguments {
    private final Codec codec;
    private final Assignment assignment;
    private final AttemptContext context;

    CallArguments(Codec codec, Assignment assignment, AttemptContext context) {
        this.codec = codec;
        this.assignment = assignment;
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
        if (parameter instanceof Parameter.Context) {
            return context;
        }
        if (parameter instanceof Parameter.Failure) {
            return runFailure();
        }
        throw new IllegalStateException("A worker that cannot give a " + parameter + " must not serve it.");
    }

    /** A parent without value is absent: an empty {@code Optional} where the parameter is one, else {@code null}. */
    private Object value(TypeRef<?> type, Optional<Argument> sent) {
        var json = sent.filter(argument -> argument.getState() == Argument.State.VALUE)
                .map(argument -> argument.getValue().toByteArray());
        if (json.isPresent()) {
            return codec.read(json.get(), type);
        }
        return isOptional(type) ? Optional.empty() : null;
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
