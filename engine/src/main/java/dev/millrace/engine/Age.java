package dev.millrace.engine;

import java.time.Instant;
import java.util.UUID;

/**
 * How old a run is beside others of its lane, which decides whose turn it is: the one that started first is older, then the one
 * with the lower id. The older one compares as less.
 */
public record Age(Instant started, RunId run) implements Comparable<Age> {

    /** Older than every run. */
    public static final Age OLDEST = new Age(Instant.EPOCH, new RunId(new UUID(0, 0)));

    /** The age of a run. */
    public static Age of(RunImage image) {
        return new Age(image.started(), image.run());
    }

    @Override
    public int compareTo(Age other) {
        int order = started.compareTo(other.started);
        return order != 0 ? order : run.compareTo(other.run);
    }
}
