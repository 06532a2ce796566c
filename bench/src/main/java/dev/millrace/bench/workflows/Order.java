package dev.millrace.bench.workflows;

import java.util.List;

/**
 * What the measured runs are started with: about half a kilobyte of JSON, with some structure to read and write.
 *
 * @param id differs from order to order
 * @param dueMicros instant at which the start was due, in microseconds since the epoch
 * @param customer who ordered
 * @param street where to
 * @param city where to
 * @param currency of the prices
 * @param lines what was ordered
 * @param note for the packer
 */
public record Order(
        String id,
        long dueMicros,
        String customer,
        String street,
        String city,
        String currency,
        List<Line> lines,
        String note) {

    /** One thing of the order. */
    public record Line(String sku, String title, int quantity, long cents) {}

    /** An order that is due at an instant; its number makes it differ from others. */
    public static Order of(long number, long dueMicros) {
        return new Order(
                "A-" + (1_000_000_000L + number),
                dueMicros,
                "Wilhelmina van der Berg-Oosterhout",
                "Prinsengracht " + (1 + number % 900),
                "1016 HK Amsterdam",
                "EUR",
                List.of(
                        new Line("SKU-40021-B", "Espresso beans, dark roast, 1 kg", 2, 3_790),
                        new Line("SKU-11873-A", "Paper filters, unbleached, 100 pieces", 1, 495),
                        new Line("SKU-90044-C", "Kettle with a gooseneck spout", 1, 6_450)),
                "Please ring at the neighbour's if nobody answers.");
    }
}
