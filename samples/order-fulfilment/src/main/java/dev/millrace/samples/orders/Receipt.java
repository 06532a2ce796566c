package dev.millrace.samples.orders;

/** What the customer gets in the end: the result of the workflow. */
public record Receipt(
        String orderId, String paymentId, long paidCents, String currency, String carrier, String trackingCode) {}
