package dev.millrace.samples.orders;

import java.time.Instant;

/** What the carrier tells by an event when a parcel is on its way. */
public record HandedOver(String trackingCode, Instant at) {
    /** The name of the event. */
    public static final String EVENT = "parcel.handed-over";
}
