package dev.millrace.engine;

import java.util.List;

/**
 * What a run keeps of the signals that were sent to it.
 *
 * @param kept those that no step has taken yet, in the order in which they came
 * @param known the request ids of the last ones, the oldest first, so that none is taken in twice
 */
public record Signals(List<Signal> kept, List<String> known) {
    /** Of a run to which none was sent. */
    public static final Signals NONE = new Signals(List.of(), List.of());

    /** How many signals wait for their step at most. */
    public static final int MOST = 1_000;

    /** How many bytes those may take, payloads kept elsewhere included. */
    public static final long MOST_BYTES = 4L << 20;

    /** Of so many signals it is known that they came. */
    public static final int REMEMBERED = 1_000;

    public Signals {
        kept = List.copyOf(kept);
        known = List.copyOf(known);
    }

    public boolean isEmpty() {
        return kept.isEmpty() && known.isEmpty();
    }
}
