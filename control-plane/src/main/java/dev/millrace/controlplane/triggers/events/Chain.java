package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.engine.RunId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Where an event comes from, as its labels say: clients put the run whose step publishes it there, and how many events stand above. Events and
 * runs that start each other without an end are cut by it.
 *
 * @param depth how many events there are in the chain, this one included; 1 for one that no step published
 * @param cause the run whose step published it
 */
record Chain(int depth, Optional<RunId> cause) {
    static final String CAUSE_LABEL = "millrace.cause";
    static final String DEPTH_LABEL = "millrace.depth";

    /** As long a chain may be. */
    static final int LONGEST = 16;

    /** The code by which the log of the event, and the history of the run, say that it was cut. */
    static final String CODE = "CHAIN_DEPTH";

    /**
     * What the labels of an event say.
     *
     * @throws ApiException when they say what cannot be
     */
    static Chain of(Map<String, String> metadata, String path) {
        try {
            var depth = metadata.get(DEPTH_LABEL);
            var cause = metadata.get(CAUSE_LABEL);
            var chain = new Chain(
                    depth == null ? 1 : Integer.parseInt(depth),
                    cause == null ? Optional.empty() : Optional.of(new RunId(UUID.fromString(cause))));
            if (chain.depth >= 1) {
                return chain;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new ApiException(
                ErrorCode.FIELD_INVALID,
                path + " has the labels " + DEPTH_LABEL + " or " + CAUSE_LABEL
                        + ", which are the control plane's, with values that are no number from 1 or no id of a run. Leave them"
                        + " out; clients set them.",
                path);
    }

    boolean isTooLong() {
        return depth > LONGEST;
    }

    /** What is told of what the event would have started. */
    String message() {
        return "The event is number " + depth + " of a chain of events and runs that start each other, and a chain has "
                + LONGEST + " at most, so it starts nothing. Does a workflow publish what starts it again?";
    }
}
