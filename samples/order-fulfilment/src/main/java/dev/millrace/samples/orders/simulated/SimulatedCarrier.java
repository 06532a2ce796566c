package dev.millrace.samples.orders.simulated;

import dev.millrace.NonRetryableException;
import dev.millrace.samples.orders.Address;
import dev.millrace.samples.orders.Carrier;
import dev.millrace.samples.orders.Reservation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/** A carrier that delivers to front doors only. Safe for use by many threads. */
public final class SimulatedCarrier implements Carrier {
    private static final Duration ANSWER_TIME = Duration.ofMillis(6);
    private static final List<String> POST_BOXES =
            List.of("PO Box ", "Postfach ", "Boîte postale ", "Casella postale ");

    private final BusySpells busy = new BusySpells("the customs service");

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
        var digits = new CRC32();
        digits.update(orderId.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "FB%010d%s", digits.getValue(), to.country());
    }

    static boolean reaches(Address address) {
        return POST_BOXES.stream().noneMatch(address.street()::startsWith);
    }
}
