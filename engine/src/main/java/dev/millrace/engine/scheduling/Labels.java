package dev.millrace.engine.scheduling;

import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The labels that anybody asks for: workers that differ in nothing else work together. */
final class Labels {
    /** The id of a worker, where some tasks have to go to one worker; no label that people give has such a name. */
    static final String WORKER = "\0worker";

    private final TreeSet<String> asked = new TreeSet<>();

    /** Somebody asks for these; returns whether nobody has asked for one of them before. */
    boolean ask(PlacementSpec placement) {
        boolean news = placement.sticky() == Stickiness.HARD && asked.add(WORKER);
        for (var requirement : placement.requires()) {
            news |= asked.add(requirement.label());
        }
        for (var preference : placement.prefers()) {
            news |= asked.add(preference.label());
        }
        return news;
    }

    /** What of a worker's labels matters. */
    Map<String, String> of(String worker, Map<String, String> labels) {
        if (asked.isEmpty()) {
            return Map.of();
        }
        var matter = new TreeMap<String, String>();
        for (var name : asked) {
            var value = name.equals(WORKER) ? worker : labels.get(name);
            if (value != null) {
                matter.put(name, value);
            }
        }
        return matter;
    }
}
