package dev.millrace.client;

import java.time.Duration;
import java.util.Optional;

/** What of a run's stream is read, and how. Immutable: {@code run.stream(Delta.class, o -> o.step("write").after(17))}. */
public final class StreamOptions {
    private static final StreamOptions NONE = new StreamOptions("", 0, Optional.empty());

    private final String step;
    private final long after;
    private final Optional<Duration> patience;

    private StreamOptions(String step, long after, Optional<Duration> patience) {
        this.step = step;
        this.after = after;
        this.patience = patience;
    }

    static StreamOptions none() {
        return NONE;
    }

    /** Only what this step emits. Default: all steps, which must then emit values that can be read as one type. */
    public StreamOptions step(String name) {
        return new StreamOptions(name, after, patience);
    }

    /** Only what comes behind this {@link StreamItem#position}. Default: from the start. */
    public StreamOptions after(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("Positions count from 1, so nothing comes behind " + position + ".");
        }
        return new StreamOptions(step, position, patience);
    }

    /**
     * How long to wait for the next item. Default: as long as {@link Millrace.Builder#resultTimeout} says, 5 minutes by default.
     */
    public StreamOptions patience(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("Nobody can wait for " + limit + ".");
        }
        return new StreamOptions(step, after, Optional.of(limit));
    }

    String step() {
        return step;
    }

    long after() {
        return after;
    }

    Optional<Duration> patience() {
        return patience;
    }
}
