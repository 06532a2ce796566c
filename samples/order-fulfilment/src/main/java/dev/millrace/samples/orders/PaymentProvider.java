package dev.millrace.samples.orders;

import java.util.List;

/** Takes money from cards and gives it back. Safe for use by many threads. */
public interface PaymentProvider {

    /**
     * Takes money. The same idempotency key never takes it twice: a repeated call answers with the first payment.
     *
     * @throws dev.millrace.NonRetryableException if the card is refused; asking again would not help
     * @throws dev.millrace.RetryAfterException if the provider has too much to do, with how long to leave it alone
     * @throws ServiceBusyException if the provider cannot answer now
     */
    Payment charge(String paymentMethod, long cents, String currency, String idempotencyKey);

    /** Gives the money of a payment back; a payment that was given back already stays as it is. */
    void refund(Payment payment);

    /** The idempotency keys of all payments that were taken and not given back. */
    List<String> taken();
}
