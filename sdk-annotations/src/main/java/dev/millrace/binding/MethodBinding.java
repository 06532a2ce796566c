package dev.millrace.binding;

import dev.millrace.TypeRef;
import java.util.List;
import java.util.Objects;

/**
 * One method of a workflow: what its arguments are and how to call it.
 *
 * @param <W> the annotated class
 * @param name the name of the step or handler in the manifest
 * @param parameters one per parameter of the method, in its order
 * @param result what the method returns; {@code Void} for a void method
 * @param invoker calls the method
 */
public record MethodBinding<W>(String name, List<Parameter> parameters, TypeRef<?> result, Invoker<W> invoker) {
    public MethodBinding {
        Objects.requireNonNull(name, "name");
        parameters = List.copyOf(parameters);
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(invoker, "invoker");
    }
}
