package dev.millrace.binding;

/**
 * Calls one method of a workflow.
 *
 * @param <W> the annotated class
 */
@FunctionalInterface
public interface Invoker<W> {

    /**
     * Calls the method.
     *
     * @param workflow the user's object
     * @param arguments one per parameter of the method
     * @return what the method returned; {@code null} for a void method
     * @throws Throwable what the method threw, as it is
     */
    Object invoke(W workflow, Arguments arguments) throws Throwable;
}
