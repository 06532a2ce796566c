package dev.millrace.samples.orders.simulated;

import dev.millrace.NonRetryableException;
import dev.millrace.samples.orders.Payment;
import dev.millrace.samples.orders.PaymentProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A payment provider with test cards. Its payments are named after the idempotency key, so a repeated charge is the same
 * payment even after a crash. Safe for use by many threads.
 */
public final class SimulatedPayments implements PaymentProvider {
    private static final Duration ANSWER_TIME = Duration.ofMillis(8);

    private final BusySpells busy = new BusySpells("the payment provider");

    @Override
    public Payment charge(String paymentMethod, long cents, String currency, String idempotencyKey) {
        Distance.cross(ANSWER_TIME);
        refusal(paymentMethod).ifPresent(reason -> {
            throw new NonRetryableException("The card " + paymentMethod + " was refused: " + reason + ".");
        });
        busy.pass(idempotencyKey, busyCalls(paymentMethod));
        var id = UUID.nameUUIDFromBytes(idempotencyKey.getBytes(StandardCharsets.UTF_8));
        return new Payment("pay_" + id.toString().replace("-", ""), cents, currency);
    }

    @Override
    public void refund(Payment payment) {
        Distance.cross(ANSWER_TIME);
    }

    /** Why a card is refused for good; empty if it is good. */
    static Optional<String> refusal(String paymentMethod) {
        if (paymentMethod.endsWith("_declined")) {
            return Optional.of("the bank declined the payment");
        }
        if (paymentMethod.endsWith("_expired")) {
            return Optional.of("the card has expired");
        }
        if (paymentMethod.endsWith("_stolen")) {
            return Optional.of("the card was reported stolen");
        }
        return Optional.empty();
    }

    private static int busyCalls(String paymentMethod) {
        if (paymentMethod.endsWith("_busy_twice")) {
            return 2;
        }
        return paymentMethod.endsWith("_busy_once") ? 1 : 0;
    }
}
