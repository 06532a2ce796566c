package dev.millrace.samples.orders.simulated;

import dev.millrace.NonRetryableException;
import dev.millrace.samples.orders.Item;
import dev.millrace.samples.orders.Order;
import dev.millrace.samples.orders.Reservation;
import dev.millrace.samples.orders.Stock;
import dev.millrace.samples.orders.Warehouse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;

/** A warehouse with two halls, one for bulky goods. What it puts aside is in its database. Safe for use by many threads. */
public final class SimulatedWarehouse implements Warehouse {
    private static final Duration ANSWER_TIME = Duration.ofMillis(5);

    private final BusySpells busy = new BusySpells("the hall for bulky goods");
    private final Stock stock;

    public SimulatedWarehouse(Stock stock) {
        this.stock = stock;
    }

    @Override
    public Reservation reserve(Connection transaction, String id, Order order) throws SQLException {
        Distance.cross(ANSWER_TIME);
        for (var item : order.items()) {
            if (soldOut(item.sku())) {
                throw new NonRetryableException("The article " + item.sku() + " (" + item.name() + ") of order "
                        + order.id() + " is sold out and will not come back.");
            }
        }
        boolean bulky = order.items().stream().anyMatch(item -> item.sku().startsWith("XL-"));
        busy.pass(order.id(), bulky ? 1 : 0);
        stock.setAside(transaction, id, order);
        int pieces = order.items().stream().mapToInt(Item::quantity).sum();
        return new Reservation(id, bulky ? "LEJ-2" : "LEJ-1", pieces);
    }

    @Override
    public void release(Reservation reservation) {
        stock.putBack(reservation.id());
    }

    @Override
    public int kept(Collection<String> ids) {
        return stock.count(ids);
    }

    static boolean soldOut(String sku) {
        return sku.endsWith("-EOL");
    }
}
