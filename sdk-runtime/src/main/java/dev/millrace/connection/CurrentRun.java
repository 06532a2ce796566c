package dev.millrace.connection;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Which run the calling thread works for, so that what it publishes can say so: the labels of a run travel with its events, and the control
 * plane knows how long a chain of events and runs has become. Only the thread on which a step was entered is known; threads of its own are not.
 * Safe for use by many threads.
 */
public final class CurrentRun {
    /** The label of an event that names the run whose step published it. */
    public static final String CAUSE = "millrace.cause";

    /** The label of events, and of the runs that they start, that counts how many events stand above. */
    public static final String DEPTH = "millrace.depth";

    private static final String OURS = "millrace.";
    /** As many labels as an event may have. */
    private static final int MOST_LABELS = 30;

    private record Work(String run, Map<String, String> metadata) {}

    private final ThreadLocal<Work> current = new ThreadLocal<>();

    /** Does something on this thread for a run. */
    public <T> T during(String run, Map<String, String> metadata, Supplier<T> body) {
        var before = current.get();
        current.set(new Work(run, metadata));
        try {
            return body.get();
        } finally {
            if (before == null) {
                current.remove();
            } else {
                current.set(before);
            }
        }
    }

    /**
     * The labels of an event that this thread publishes: its own, and where the thread works for a run, those of the run as far as there is
     * room, and where it comes from.
     */
    public Map<String, String> labels(Map<String, String> own) {
        var work = current.get();
        if (work == null || own.containsKey(DEPTH)) {
            return own;
        }
        var labels = new LinkedHashMap<>(own);
        labels.put(CAUSE, work.run());
        labels.put(DEPTH, Integer.toString(depth(work.metadata().get(DEPTH)) + 1));
        new TreeMap<>(work.metadata()).forEach((name, value) -> {
            if (!name.startsWith(OURS) && labels.size() < MOST_LABELS) {
                labels.putIfAbsent(name, value);
            }
        });
        return labels;
    }

    private static int depth(String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
