package dev.millrace.worker;

import dev.millrace.CallOptions;
import dev.millrace.binding.Arguments;
import dev.millrace.binding.MethodBinding;
import dev.millrace.manifest.ActionSpec;
import dev.millrace.worker.durable.CallPolicy;
import dev.millrace.worker.durable.Policies;
import java.util.List;

/**
 * An action of an object, as the compiler wrote it. For those who call actions by their names; durable code calls them through the facade
 * that is generated for their class. Immutable.
 *
 * @param object that has the method
 * @param spec what the manifest says of it
 * @param binding how to call it
 * @param policy how it is tried
 * @param <W> the class of the object
 */
public record BoundAction<W>(W object, ActionSpec spec, MethodBinding<W> binding, CallPolicy policy) {

    /**
     * The actions of an object of a workflow's class or of a catalogue, in the order of the source.
     *
     * @throws MissingBindingException if the annotation processor has not seen the class
     * @throws dev.millrace.connection.MillraceException if what it wrote is missing or of another build, or an action says what has no
     *     effect on actions yet
     */
    public static List<BoundAction<?>> of(Object object) {
        return Workflows.actions(object);
    }

    /** Calls the method. */
    public Object invoke(Arguments arguments) throws Exception {
        try {
            return binding.invoker().invoke(object, arguments);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("Action '" + spec.name() + "' threw what is no exception.", e);
        }
    }

    /** Says of a call in durable code that it is one of this action, with these arguments. */
    public static CallOptions policy(CallOptions options, BoundAction<?> action, Object... arguments) {
        return Policies.of(options, action.policy(), arguments);
    }
}
