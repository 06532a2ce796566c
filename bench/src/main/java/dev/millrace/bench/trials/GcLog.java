package dev.millrace.bench.trials;

import dev.millrace.bench.processes.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a virtual machine's log of its collections says about the heap: how full it was before and after each, in megabytes.
 *
 * @param file written by {@link #option}
 */
record GcLog(Path file) {
    /** {@code [12.345s][info][gc] GC(7) Pause Young (Normal) (G1 Evacuation Pause) 210M->34M(512M) 3.210ms}. */
    private static final Pattern COLLECTION =
            Pattern.compile("^\\[([0-9.]+)s\\].*GC\\(\\d+\\) Pause .*?(\\d+)M->(\\d+)M\\((\\d+)M\\).*$");

    /**
     * One collection.
     *
     * @param seconds since the start of the virtual machine
     * @param old whether old objects were collected too, and not only young ones
     * @param full whether everything was collected at once
     */
    record Collection(double seconds, int before, int after, boolean old, boolean full) {}

    /** Has a virtual machine write the log. */
    String option() {
        return "-Xlog:gc:file=" + file + ":uptime,level,tags:filecount=0";
    }

    /** All collections so far. */
    List<Collection> collections() {
        try {
            var collections = new ArrayList<Collection>();
            for (var line : Files.readAllLines(file)) {
                var match = COLLECTION.matcher(line);
                if (match.matches()) {
                    collections.add(new Collection(
                            Double.parseDouble(match.group(1)),
                            Integer.parseInt(match.group(2)),
                            Integer.parseInt(match.group(3)),
                            line.contains("(Mixed)") || line.contains("Pause Full"),
                            line.contains("Pause Full")));
                }
            }
            return collections;
        } catch (IOException e) {
            throw new BenchException("The log of the collections cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** What was left by each collection of everything that was asked for, or forced by a full heap. */
    List<Integer> full() {
        var left = new ArrayList<Integer>();
        for (var collection : collections()) {
            if (collection.full) {
                left.add(collection.after);
            }
        }
        return left;
    }

    /** The most that the heap held at any time that is known of. */
    int max() {
        return collections().stream().mapToInt(Collection::before).max().orElse(0);
    }

    /** The most that was left after a collection: what is really needed, and what the next collection had not found yet. */
    int maxAfter() {
        return collections().stream().mapToInt(Collection::after).max().orElse(0);
    }

    /**
     * What lives, each time that the old objects were gone through: between two of these the heap rises as what has died in old age
     * waits, so only these tell whether it grows.
     */
    List<Integer> troughs() {
        var troughs = new ArrayList<Integer>();
        boolean wasOld = false;
        for (var collection : collections()) {
            if (collection.old && wasOld) {
                troughs.set(troughs.size() - 1, Math.min(troughs.get(troughs.size() - 1), collection.after));
            } else if (collection.old) {
                troughs.add(collection.after);
            }
            wasOld = collection.old;
        }
        return troughs;
    }
}
