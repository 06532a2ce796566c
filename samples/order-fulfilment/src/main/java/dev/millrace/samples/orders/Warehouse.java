package dev.millrace.samples.orders;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/** Keeps goods for orders, in a database of its own. Safe for use by many threads. */
public interface Warehouse {

    /**
     * Puts goods aside for an order, in the transaction of that connection.
     *
     * @param id names the reservation; a second one of the same name is a mistake of the caller
     * @throws dev.millrace.NonRetryableException if an article is sold out and will not come back
     * @throws ServiceBusyException if the warehouse cannot answer now
     */
    Reservation reserve(Connection transaction, String id, Order order) throws SQLException;

    /** Puts the goods of a reservation back on the shelf; a second time does nothing. */
    void release(Reservation reservation);

    /** How many of these reservations are kept, neither released nor missing. */
    int kept(Collection<String> ids);
}
