package dev.millrace.samples.orders;

import java.util.List;

/** Keeps goods for orders. Safe for use by many threads. */
public interface Warehouse {

    /**
     * Puts goods aside for an order. Asking again for the same order answers with the same reservation.
     *
     * @throws dev.millrace.NonRetryableException if an article is sold out and will not come back
     * @throws ServiceBusyException if the warehouse cannot answer now
     */
    Reservation reserve(String orderId, List<Item> items);

    /** Puts the goods of a reservation back on the shelf; a second time does nothing. */
    void release(Reservation reservation);
}
