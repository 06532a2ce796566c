package dev.millrace.samples.orders.simulated;

import dev.millrace.NonRetryableException;
import dev.millrace.samples.orders.Item;
import dev.millrace.samples.orders.Reservation;
import dev.millrace.samples.orders.Warehouse;
import java.time.Duration;
import java.util.List;

/** A warehouse with two halls, one for bulky goods. Safe for use by many threads. */
public final class SimulatedWarehouse implements Warehouse {
    private static final Duration ANSWER_TIME = Duration.ofMillis(5);

    private final BusySpells busy = new BusySpells("the hall for bulky goods");

    @Override
    public Reservation reserve(String orderId, List<Item> items) {
        Distance.cross(ANSWER_TIME);
        for (var item : items) {
            if (soldOut(item.sku())) {
                throw new NonRetryableException("The article " + item.sku() + " (" + item.name() + ") of order "
                        + orderId + " is sold out and will not come back.");
            }
        }
        boolean bulky = items.stream().anyMatch(item -> item.sku().startsWith("XL-"));
        busy.pass(orderId, bulky ? 1 : 0);
        int pieces = items.stream().mapToInt(Item::quantity).sum();
        return new Reservation("res-" + orderId, bulky ? "LEJ-2" : "LEJ-1", pieces);
    }

    @Override
    public void release(Reservation reservation) {
        Distance.cross(ANSWER_TIME);
    }

    static boolean soldOut(String sku) {
        return sku.endsWith("-EOL");
    }
}
