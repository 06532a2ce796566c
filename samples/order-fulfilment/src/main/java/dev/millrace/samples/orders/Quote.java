package dev.millrace.samples.orders;

import java.time.Instant;

/**
 * What an order costs.
 *
 * @param goodsCents all items together
 * @param shippingCents the parcel; nothing from a certain sum on
 * @param totalCents what the customer pays
 * @param currency the currency of the amounts
 * @param quotedAt when the price was made
 */
public record Quote(long goodsCents, long shippingCents, long totalCents, String currency, Instant quotedAt) {}
