package dev.millrace.samples.orders.simulated;

import dev.millrace.NonRetryableException;
import dev.millrace.samples.orders.Address;
import dev.millrace.samples.orders.Carrier;
import dev.millrace.samples.orders.HandedOver;
import dev.millrace.samples.orders.Reservation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;

/** A carrier that delivers to front doors only. Safe for use by many threads. */
public final class SimulatedCarrier implements Carrier {
    private static final Duration ANSWER_TIME = Duration.ofMillis(6);
    private static final List<String> POST_BOXES =
            List.of("PO Box ", "Postfach ", "Boîte postale ", "Casella postale ");

    private final BusySpells busy = new BusySpells("the customs service");
    private final Consumer<HandedOver> news;

    /**
     * A carrier.
     *
     * @param news told of each parcel before its sender gets the tracking code, and again when he asks again
     */
    public SimulatedCarrier(Consumer<HandedOver> news) {
        this.news = news;
    }

    @Override
    public String name() {
        return "Flussbote";
    }

    @Override
    public String ship(String orderId, Address to, Reservation goods) {
        Distance.cross(ANSWER_TIME);
        if (!reaches(to)) {
            throw new NonRetryableException(name() + " does not deliver to the post box \"" + to.street() + "\" in "
                    + to.city() + ", which order " + orderId + " names.");
        }
        busy.pass(orderId, to.country().equals("CH") ? 1 : 0);
        var digits = UUID.nameUUIDFromBytes(goods.id().getBytes(StandardCharsets.UTF_8));
        var trackingCode =
                String.format(Locale.ROOT, "FB%015d%s", digits.getMostSignificantBits() >>> Short.SIZE, to.country());
        news.accept(new HandedOver(trackingCode, Instant.now()));
        return trackingCode;
    }

    static boolean reaches(Address address) {
        return POST_BOXES.stream().noneMatch(address.street()::startsWith);
    }
}
