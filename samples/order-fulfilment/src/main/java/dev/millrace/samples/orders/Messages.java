package dev.millrace.samples.orders;

/** Tells people what became of an order. Safe for use by many threads. */
public interface Messages {

    /** Tells the customer that the parcel is on its way. */
    void toCustomer(Customer customer, String text);

    /** Tells the shop's staff that an order needs a human. */
    void toStaff(String text);
}
