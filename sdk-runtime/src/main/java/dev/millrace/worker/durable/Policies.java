package dev.millrace.worker.durable;

import dev.millrace.CallOptions;

/** Gives calls the policy of an action that is not one of the step's own workflow. Stateless. */
public final class Policies {
    private Policies() {}

    /**
     * Options with this policy, for a call with these arguments.
     *
     * @throws IllegalArgumentException if the options are not those of a durable step of this SDK
     */
    public static CallOptions of(CallOptions options, CallPolicy policy, Object... arguments) {
        if (options instanceof Options own) {
            return own.of(policy, arguments);
        }
        throw new IllegalArgumentException("Only the Durable that a step is given can call tools, not a "
                + options.getClass().getName() + ".");
    }
}
