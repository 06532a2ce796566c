package dev.millrace.samples.orders;

/**
 * One line of an order.
 *
 * @param sku the warehouse's number of the article
 * @param name what the customer read
 * @param quantity how many; at least 1
 * @param cents the price of one, in hundredths of the order's currency
 */
public record Item(String sku, String name, int quantity, long cents) {
    public Item {
        if (quantity < 1) {
            throw new IllegalArgumentException(
                    "Item " + sku + " has the quantity " + quantity + "; it must be at least 1.");
        }
    }
}
