package dev.millrace.cli.demo.orders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Durations by rank: the nearest one that so many percent are not longer than. */
record Percentiles(List<Duration> sorted) {
    Percentiles {
        var copy = new ArrayList<>(sorted);
        copy.sort(null);
        sorted = List.copyOf(copy);
    }

    /** How many there are. */
    int size() {
        return sorted.size();
    }

    /** In milliseconds; there must be at least one. */
    double millis(int percent) {
        int rank = (int) Math.ceil(sorted.size() * percent / 100.0);
        return sorted.get(Math.max(0, rank - 1)).toNanos() / 1e6;
    }
}
