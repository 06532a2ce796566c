package dev.millrace.controlplane.triggers.webhooks.signature;

import java.util.Optional;

/** Whether a delivery is believed. */
public sealed interface Verdict {

    /**
     * It comes from the holder of a secret, and lately.
     *
     * @param deliveryId by which the provider names the delivery when it sends it again; empty if it names it nowhere
     */
    record Genuine(Optional<String> deliveryId) implements Verdict {}

    /**
     * It is not believed. The sender is told nothing of the reason; the endpoint's owner reads it in the list of failures.
     *
     * @param message what is wrong and what to look at; holds nothing of the secret or of a signature that would have been right
     */
    record Refused(Reason reason, String message) implements Verdict {}

    /** Why a delivery is refused. */
    enum Reason {
        /** What proves the sender is not there. */
        MISSING,
        /** What proves the sender cannot be read. */
        MALFORMED,
        /** It was signed too long ago: an old delivery that somebody sends again. */
        EXPIRED,
        /** It was signed in the future: a clock is wrong. */
        IN_FUTURE,
        /** It was signed with another secret, or changed on its way. */
        WRONG
    }
}
