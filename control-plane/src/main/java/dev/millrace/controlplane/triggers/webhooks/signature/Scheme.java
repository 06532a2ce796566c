package dev.millrace.controlplane.triggers.webhooks.signature;

import java.util.List;

/** How one provider proves that a delivery is its own. Stateless; safe for use by many threads. */
public interface Scheme {

    /**
     * Checks a delivery.
     *
     * @param secrets those that count now; more than one while a new one takes over from an old one
     */
    Verdict check(Delivery delivery, List<String> secrets);

    /**
     * Refuses a secret that can prove nothing under this scheme.
     *
     * @throws IllegalArgumentException with a sentence that says how a secret has to look; it does not repeat the secret
     */
    default void requireSecret(String secret) {
        if (secret.isBlank()) {
            throw new IllegalArgumentException("The secret of a webhook must not be empty.");
        }
    }
}
