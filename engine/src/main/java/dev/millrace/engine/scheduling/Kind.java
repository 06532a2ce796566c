package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;
import dev.millrace.manifest.RateLimitUse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * What the tasks of one lane have in common, so that every gate treats them alike.
 *
 * @param limits the rate limits that an attempt takes from
 */
record Kind(Shape shape, Priority priority, int slots, List<RateLimitUse> limits) {
    /** The most characters that a name has. */
    static final int LONGEST_NAME = 200;

    private static final int HASH_SHOWN = 16;

    Kind {
        limits = List.copyOf(limits);
    }

    /**
     * A name made of what does not change when an owner takes over: the workflow, its shape, and everything a gate asks about.
     * What is too long is cut, and told apart by a hash of the whole.
     */
    String name() {
        var name = new StringBuilder(shape.workflow)
                .append('/')
                .append(shape.hash, 0, Math.min(HASH_SHOWN, shape.hash.length()))
                .append('/')
                .append(priority)
                .append('/')
                .append(slots);
        for (var use : limits) {
            name.append("/t:").append(use.name()).append('*').append(use.cost());
        }
        return shortened(name.toString());
    }

    private static String shortened(String name) {
        if (name.length() <= LONGEST_NAME) {
            return name;
        }
        var hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        return name.substring(0, LONGEST_NAME - hash.length() - 1) + "#" + hash;
    }
}
