package dev.millrace.samples.orders;

/** Brings parcels to people. Safe for use by many threads. */
public interface Carrier {

    /** The name that customers know. */
    String name();

    /**
     * Hands a parcel over. Asking again for the same goods answers with the same tracking code.
     *
     * @return the tracking code
     * @throws dev.millrace.NonRetryableException if the carrier does not deliver to this address
     * @throws ServiceBusyException if the carrier cannot answer now
     */
    String ship(String orderId, Address to, Reservation goods);
}
