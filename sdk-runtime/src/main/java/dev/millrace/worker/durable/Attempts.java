package dev.millrace.worker.durable;

import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tries an action until it has a result or has failed for good, on the thread that calls.
 *
 * @param why tells of exceptions what there is to tell
 * @param codec writes results
 */
record Attempts(DurableHost host, Trail trail, Thrown.Reader why, Codec codec) {
    private static final int MOST_BYTES = 1024 * 1024;
    private static final Duration MOST_WAIT = Duration.ofDays(366);

    /**
     * What there is to store, and what was thrown, for the code that runs now.
     *
     * @param thrown null if nothing was
     */
    record Ended(NewAction.Content content, Throwable thrown) {}

    /** How one attempt ended. */
    private record Once(Optional<byte[]> json, Thrown failure, Throwable thrown) {}

    <T> Ended run(String name, TypeRef<T> type, Callable<T> action, CallPolicy policy) {
        for (int attempt = 1; ; attempt++) {
            var once = once(name, type, action, policy);
            if (once.json().isPresent()) {
                return new Ended(new NewAction.Content.Value(once.json().get()), null);
            }
            if (attempt > policy.retries() || once.failure().nonRetryable()) {
                return new Ended(new NewAction.Content.Failed(once.failure().failure()), once.thrown());
            }
            pause(policy, attempt, once.failure());
        }
    }

    private <T> Once once(String name, TypeRef<T> type, Callable<T> action, CallPolicy policy) {
        var watch = policy.timeout().map(host::watch);
        T value;
        try {
            value = action.call();
        } catch (Throwable thrown) {
            boolean late = watch.map(DurableHost.Watch::close).orElse(false);
            if (thrown instanceof Unwinding || trail.isUnwinding()) {
                throw trail.unwind("The durable step was stopped in action '" + name + "'.");
            }
            return late ? late(name, policy, thrown) : new Once(Optional.empty(), why.of(thrown, policy), thrown);
        }
        boolean late = watch.map(DurableHost.Watch::close).orElse(false);
        return late ? late(name, policy, null) : written(name, type, value);
    }

    private static Once late(String name, CallPolicy policy, Throwable thrown) {
        var failure = new ActionFailure(
                "STEP_TIMEOUT",
                "Action '" + name + "' took longer than its timeout of "
                        + policy.timeout().orElseThrow() + ".",
                "");
        return new Once(Optional.empty(), new Thrown(failure, false, Duration.ZERO), thrown);
    }

    private <T> Once written(String name, TypeRef<T> type, T value) {
        if (type.type() == Void.class || Optional.empty().equals(value)) {
            return new Once(Optional.of(new byte[0]), null, null);
        }
        if (value == null) {
            return invalid(name, "returned null. Return an Optional where there may be no value.");
        }
        try {
            byte[] json = codec.write(value, type);
            if (json.length > MOST_BYTES) {
                return invalid(
                        name,
                        "returned " + json.length + " bytes of JSON, but a result may have " + MOST_BYTES
                                + ". Store it elsewhere and return where.");
            }
            Json.check(json);
            return new Once(Optional.of(json), null, null);
        } catch (CodecException | InvalidJsonException e) {
            return invalid(name, "returned a value that cannot be stored: " + e.getMessage());
        } catch (StackOverflowError e) {
            return invalid(name, "returned a value that refers to itself, so it has no end as JSON.");
        }
    }

    private static Once invalid(String name, String what) {
        var failure = new ActionFailure("OUTPUT_INVALID", "Action '" + name + "' " + what, "");
        return new Once(Optional.empty(), new Thrown(failure, true, Duration.ZERO), null);
    }

    private void pause(CallPolicy policy, int attempt, Thrown failure) {
        long ceiling = policy.backoff().ceiling(attempt).toNanos();
        var wait =
                Duration.ofNanos(ceiling == 0 ? 0 : ThreadLocalRandom.current().nextLong(ceiling + 1));
        var longest = wait.compareTo(failure.retryAfter()) > 0 ? wait : failure.retryAfter();
        try {
            host.pause(longest.compareTo(MOST_WAIT) > 0 ? MOST_WAIT : longest);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw trail.unwind("The durable step was stopped between two attempts of an action.");
        }
        if (trail.isUnwinding()) {
            throw trail.unwind("The durable step was stopped between two attempts of an action.");
        }
    }
}
