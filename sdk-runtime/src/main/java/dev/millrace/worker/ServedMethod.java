package dev.millrace.worker;

import dev.millrace.binding.MethodBinding;
import dev.millrace.worker.durable.CallPolicy;
import java.util.Map;
import java.util.SortedSet;

/**
 * One method that this worker can call.
 *
 * @param workflow the user's object
 * @param binding how to call it
 * @param mapped whether it is called once per element of a list
 * @param rateLimits the names of the rate limits that its attempts take tokens of
 * @param circuit whether it is called at this moment
 * @param calls what its code calls, if it is durable
 * @param transactional whether its completion commits with its effect
 */
record ServedMethod<W>(
        W workflow,
        MethodBinding<W> binding,
        boolean mapped,
        SortedSet<String> rateLimits,
        Circuit circuit,
        Calls calls,
        boolean transactional) {

    /**
     * What durable code calls.
     *
     * @param durable whether the step is durable
     * @param step the policy of calls that have none of their own
     * @param actions the policies of the workflow's actions, by their names
     */
    record Calls(boolean durable, CallPolicy step, Map<String, CallPolicy> actions) {
        Calls {
            actions = Map.copyOf(actions);
        }
    }
}
