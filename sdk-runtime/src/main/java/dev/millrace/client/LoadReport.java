package dev.millrace.client;

import dev.millrace.connection.MillraceException;
import java.util.List;

/**
 * What became of the inputs of a {@link RunLoader}.
 *
 * @param started how many have a run, which is stored
 * @param refused how many have none
 * @param refusals the first {@value RunLoader#MOST_LISTED} of those
 */
public record LoadReport(long started, long refused, List<Refusal> refusals) {
    public LoadReport {
        refusals = List.copyOf(refusals);
    }

    /** How many inputs are neither open nor unknown. */
    long settled() {
        return started + refused;
    }

    /**
     * An input that has no run.
     *
     * @param position which it was, from 0
     * @param reason why
     */
    public record Refusal(long position, MillraceException reason) {}
}
