package dev.millrace.manifest;

import dev.millrace.manifest.placement.PlacementSpec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The policy of a step's attempts.
 *
 * @param timeout the longest one attempt may run, from its start
 * @param queueTimeout the longest a task may wait for a worker before it fails
 * @param retries how many more attempts follow a failed first one; attempts = retries + 1
 * @param backoff how long to wait before a retry
 * @param delivery how often the method may be entered
 * @param slots the room that one attempt takes on its worker
 * @param retryOn names of the only exception types that are retried; empty means all
 * @param noRetryOn names of exception types that are never retried
 * @param placement which workers may be given an attempt
 * @param slotKind of which kind the slots are; empty for those that every worker has
 */
public record StepPolicy(
        Duration timeout,
        Duration queueTimeout,
        int retries,
        Backoff backoff,
        Delivery delivery,
        int slots,
        List<String> retryOn,
        List<String> noRetryOn,
        PlacementSpec placement,
        String slotKind) {

    /** The most retries a step may ask for. */
    public static final int MAX_RETRIES = 100;

    public StepPolicy {
        Limits.requirePositive("timeout", "A step's timeout", timeout);
        Limits.requirePositive("queueTimeout", "A step's queue timeout", queueTimeout);
        if (retries < 0 || retries > MAX_RETRIES) {
            throw new InvalidManifestException(
                    "retries", "Retries must be 0 to " + MAX_RETRIES + ", but are " + retries + ".");
        }
        Objects.requireNonNull(backoff, "backoff");
        Objects.requireNonNull(delivery, "delivery");
        if (slots < 1) {
            throw new InvalidManifestException("slots", "A step takes at least one slot, but asks for " + slots + ".");
        }
        retryOn = List.copyOf(retryOn);
        noRetryOn = List.copyOf(noRetryOn);
        Objects.requireNonNull(placement, "placement");
        Objects.requireNonNull(slotKind, "slotKind");
    }

    /** A policy whose attempts take slots of the kind that every worker has. */
    public StepPolicy(
            Duration timeout,
            Duration queueTimeout,
            int retries,
            Backoff backoff,
            Delivery delivery,
            int slots,
            List<String> retryOn,
            List<String> noRetryOn,
            PlacementSpec placement) {
        this(timeout, queueTimeout, retries, backoff, delivery, slots, retryOn, noRetryOn, placement, "");
    }

    /** A policy whose attempts any worker may be given. */
    public StepPolicy(
            Duration timeout,
            Duration queueTimeout,
            int retries,
            Backoff backoff,
            Delivery delivery,
            int slots,
            List<String> retryOn,
            List<String> noRetryOn) {
        this(timeout, queueTimeout, retries, backoff, delivery, slots, retryOn, noRetryOn, PlacementSpec.ANYWHERE);
    }

    /** The same with another placement. */
    public StepPolicy withPlacement(PlacementSpec other) {
        return new StepPolicy(
                timeout, queueTimeout, retries, backoff, delivery, slots, retryOn, noRetryOn, other, slotKind);
    }

    /** The same with slots of another kind. */
    public StepPolicy withSlotKind(String other) {
        return new StepPolicy(
                timeout, queueTimeout, retries, backoff, delivery, slots, retryOn, noRetryOn, placement, other);
    }
}
