package dev.millrace.cli.demo.orders;

import java.util.Optional;

/**
 * What else there was to see.
 *
 * @param byEvent how many orders came as events
 * @param byWebhook how many were delivered to a webhook
 * @param tooMany how often the payment provider answered 429
 * @param repeated how often it was asked once more for a payment that it had taken
 * @param nightly the reconciliation; empty if it was not triggered
 */
record Around(int byEvent, int byWebhook, int tooMany, int repeated, Optional<Nightly> nightly) {
    /** Nothing of it. */
    static final Around NOTHING = new Around(0, 0, 0, 0, Optional.empty());
}
