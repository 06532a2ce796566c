package dev.millrace.worker.durable;

import dev.millrace.CallOptions;
import dev.millrace.Delivery;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.StepPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What code says of one call: the policy that it is to have, and its arguments.
 *
 * @param name of the call, by which the action of that name is found
 * @param actions the policies of the workflow's actions
 */
record Options(String name, CallPolicy policy, Optional<List<Object>> values, Map<String, CallPolicy> actions)
        implements CallOptions {

    private Options with(CallPolicy other) {
        return new Options(name, other, values, actions);
    }

    @Override
    public CallOptions retries(int retries) {
        if (retries < 0 || retries > StepPolicy.MAX_RETRIES) {
            throw new IllegalArgumentException("Call '" + name + "' can be repeated 0 to " + StepPolicy.MAX_RETRIES
                    + " times, but is given " + retries + " retries.");
        }
        return with(new CallPolicy(retries, policy.backoff(), policy.timeout(), policy.retryOn(), policy.noRetryOn()));
    }

    @Override
    public CallOptions timeout(String timeout) {
        return timeout(Durations.parse(timeout));
    }

    @Override
    public CallOptions timeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "The timeout of call '" + name + "' must be positive, but is " + timeout + ".");
        }
        return with(new CallPolicy(
                policy.retries(), policy.backoff(), Optional.of(timeout), policy.retryOn(), policy.noRetryOn()));
    }

    @Override
    public CallOptions backoff(Duration initial, double multiplier, Duration max) {
        return with(new CallPolicy(
                policy.retries(),
                new Backoff(initial, multiplier, max),
                policy.timeout(),
                policy.retryOn(),
                policy.noRetryOn()));
    }

    @Override
    public CallOptions noRetryOn(Class<? extends Throwable> type) {
        var never = new ArrayList<>(policy.noRetryOn());
        never.add(type);
        return with(new CallPolicy(policy.retries(), policy.backoff(), policy.timeout(), policy.retryOn(), never));
    }

    @Override
    public CallOptions rateLimit(String limit, long cost) {
        throw new UnsupportedOperationException("Call '" + name + "' cannot take tokens of rate limit '" + limit
                + "' in this version. Put the limit on the step.");
    }

    @Override
    public CallOptions delivery(Delivery delivery) {
        if (delivery != Delivery.AT_LEAST_ONCE) {
            throw new UnsupportedOperationException("Call '" + name + "' cannot be delivered " + delivery
                    + " in this version. Make the effect idempotent, with durable.uuid() for a key.");
        }
        return this;
    }

    /** The call is one of an action that has this policy. */
    Options of(CallPolicy other, Object... arguments) {
        return new Options(name, other, Optional.of(Arrays.asList(arguments)), actions);
    }

    @Override
    public CallOptions arguments(Object... arguments) {
        return new Options(name, policy, Optional.of(Arrays.asList(arguments)), actions);
    }

    @Override
    public CallOptions action(Object... arguments) {
        var own = actions.get(name);
        if (own == null) {
            throw new IllegalArgumentException("The workflow has no action '" + name + "'; it has " + actions.keySet()
                    + ". Leave .action(…) out for an inline call.");
        }
        return new Options(name, own, Optional.of(Arrays.asList(arguments)), actions);
    }
}
