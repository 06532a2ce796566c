package dev.millrace.samples.orders.simulated;

import dev.millrace.samples.orders.ServiceBusyException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes a service busy for the first calls about one thing. Remembers the last 10,000 things only. Safe for use by many
 * threads.
 */
final class BusySpells {
    private static final int REMEMBERED = 10_000;

    private final String service;
    private final Map<String, Integer> callsByThing = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > REMEMBERED;
        }
    };

    BusySpells(String service) {
        this.service = service;
    }

    /**
     * Counts a call about a thing.
     *
     * @throws ServiceBusyException if it is one of the first {@code busyCalls}
     */
    synchronized void pass(String thing, int busyCalls) {
        int call = callsByThing.merge(thing, 1, Integer::sum);
        if (call <= busyCalls) {
            throw new ServiceBusyException(
                    "503: " + service + " is busy (call " + call + " about " + thing + "). Try again shortly.");
        }
        callsByThing.remove(thing);
    }
}
