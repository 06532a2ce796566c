package dev.millrace.samples.orders.simulated;

import dev.millrace.NonRetryableException;
import dev.millrace.samples.orders.Payment;
import dev.millrace.samples.orders.PaymentProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A payment provider with test cards. Its payments are named after the idempotency key, so a repeated charge is the same
 * payment even after a crash. Remembers the last 100,000 payments. Safe for use by many threads.
 */
public final class SimulatedPayments implements PaymentProvider {
    private static final Duration ANSWER_TIME = Duration.ofMillis(8);

    private static final int REMEMBERED = 100_000;

    private final BusySpells busy = new BusySpells("the payment provider");
    /** The keys of payments that were taken and not given back, by the payments' names. */
    private final Map<String, String> taken = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    });

    private final AtomicInteger repeated = new AtomicInteger();

    @Override
    public Payment charge(String paymentMethod, long cents, String currency, String idempotencyKey) {
        Distance.cross(ANSWER_TIME);
        refusal(paymentMethod).ifPresent(reason -> {
            throw new NonRetryableException("The card " + paymentMethod + " was refused: " + reason + ".");
        });
        busy.pass(idempotencyKey, busyCalls(paymentMethod));
        var id = UUID.nameUUIDFromBytes(idempotencyKey.getBytes(StandardCharsets.UTF_8));
        var payment = new Payment("pay_" + id.toString().replace("-", ""), cents, currency);
        if (taken.put(payment.id(), idempotencyKey) != null) {
            repeated.incrementAndGet();
        }
        return payment;
    }

    @Override
    public void refund(Payment payment) {
        Distance.cross(ANSWER_TIME);
        taken.remove(payment.id());
    }

    @Override
    public List<String> taken() {
        synchronized (taken) {
            return List.copyOf(taken.values());
        }
    }

    /** How often a payment was asked for that had been taken: the key made one of both. */
    public int repeated() {
        return repeated.get();
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
