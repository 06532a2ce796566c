package dev.millrace.samples.orders;

import java.time.Instant;
import java.util.List;

/**
 * An order as the shop's checkout sends it: the input of the workflow.
 *
 * @param id the shop's number of the order
 * @param placedAt when the customer pressed "buy"
 * @param customer who ordered
 * @param shipTo where the parcel goes
 * @param items what was ordered; at least one
 * @param paymentMethod the payment provider's name for the customer's card; the shop never sees the card itself
 * @param currency the currency of all prices in the order, such as {@code EUR}
 */
public record Order(
        String id,
        Instant placedAt,
        Customer customer,
        Address shipTo,
        List<Item> items,
        String paymentMethod,
        String currency) {
    public Order {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("Order " + id + " has no items.");
        }
    }
}
