package dev.millrace.engine.core;

import dev.millrace.engine.RunId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** Which runs left memory while the store was being asked for images: of those, an answer may bring an old one. */
final class Departures {
    private record Departure(RunId run, long newestLoad) {}

    /** The loads that have not been answered. */
    private final TreeSet<Long> open = new TreeSet<>();
    /** By run, the newest load when it last left. */
    private final Map<RunId, Long> newest = new HashMap<>();
    /** The same in the order of departure. */
    private final ArrayDeque<Departure> order = new ArrayDeque<>();

    void asked(long load) {
        open.add(load);
    }

    void answered(long load) {
        open.remove(load);
        long oldest = open.isEmpty() ? Long.MAX_VALUE : open.first();
        for (var first = order.peek(); first != null && first.newestLoad() < oldest; first = order.peek()) {
            order.remove();
            newest.remove(first.run(), first.newestLoad());
        }
    }

    void left(RunId run, long newestLoad) {
        if (!open.isEmpty()) {
            newest.put(run, newestLoad);
            order.add(new Departure(run, newestLoad));
        }
    }

    boolean since(RunId run, long load) {
        var left = newest.get(run);
        return left != null && left >= load;
    }
}
