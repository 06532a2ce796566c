package dev.millrace.engine;

import java.util.UUID;

/** Names a run: a UUIDv7 made by the server, so that ids sort by creation. */
public record RunId(UUID value) implements Comparable<RunId> {
    @Override
    public int compareTo(RunId other) {
        int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
