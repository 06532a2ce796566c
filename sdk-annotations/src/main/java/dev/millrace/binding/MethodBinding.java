package dev.millrace.binding;

import dev.millrace.TypeRef;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One method of a workflow: what its arguments are, how to call it, and which of its exceptions are retried.
 *
 * @param <W> the annotated class
 * @param name the name of the step or handler in the manifest
 * @param parameters one per parameter of the method, in its order
 * @param result what the method results in, once what {@code answer} names is taken off; {@code Void} for a void method
 * @param answer how the method hands the result over
 * @param retryOn the only exceptions, with their subclasses, that are retried; empty for all
 * @param noRetryOn exceptions, with their subclasses, that are never retried; they win over {@code retryOn}
 * @param invoker calls the method
 * @param fallback calls the method that answers for the same result when no attempt follows, with the same arguments and,
 *     after them, the {@code Throwable} that says why
 */
public record MethodBinding<W>(
        String name,
        List<Parameter> parameters,
        TypeRef<?> result,
        Answer answer,
        List<Class<? extends Throwable>> retryOn,
        List<Class<? extends Throwable>> noRetryOn,
        Invoker<W> invoker,
        Optional<Invoker<W>> fallback) {

    public MethodBinding {
        Objects.requireNonNull(name, "name");
        parameters = List.copyOf(parameters);
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(answer, "answer");
        retryOn = List.copyOf(retryOn);
        noRetryOn = List.copyOf(noRetryOn);
        Objects.requireNonNull(invoker, "invoker");
        Objects.requireNonNull(fallback, "fallback");
    }

    /** A method without fallback. */
    public MethodBinding(
            String name,
            List<Parameter> parameters,
            TypeRef<?> result,
            Answer answer,
            List<Class<? extends Throwable>> retryOn,
            List<Class<? extends Throwable>> noRetryOn,
            Invoker<W> invoker) {
        this(name, parameters, result, answer, retryOn, noRetryOn, invoker, Optional.empty());
    }

    /** The same method with a fallback. */
    public MethodBinding<W> withFallback(Invoker<W> answers) {
        return new MethodBinding<>(name, parameters, result, answer, retryOn, noRetryOn, invoker, Optional.of(answers));
    }

    /** A method that returns its value. */
    public MethodBinding(
            String name,
            List<Parameter> parameters,
            TypeRef<?> result,
            List<Class<? extends Throwable>> retryOn,
            List<Class<? extends Throwable>> noRetryOn,
            Invoker<W> invoker) {
        this(name, parameters, result, Answer.VALUE, retryOn, noRetryOn, invoker);
    }

    /** A method that returns its value, and whose exceptions are all retried. */
    public MethodBinding(String name, List<Parameter> parameters, TypeRef<?> result, Invoker<W> invoker) {
        this(name, parameters, result, Answer.VALUE, List.of(), List.of(), invoker);
    }

    /** A method whose exceptions are all retried. */
    public MethodBinding(
            String name, List<Parameter> parameters, TypeRef<?> result, Answer answer, Invoker<W> invoker) {
        this(name, parameters, result, answer, List.of(), List.of(), invoker);
    }
}
