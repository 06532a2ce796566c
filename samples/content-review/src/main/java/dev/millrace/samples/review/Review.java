package dev.millrace.samples.review;

import java.util.List;

/**
 * How a review ended: the result of the workflow.
 *
 * @param rounds how often the draft was checked
 * @param draft as it was in the end
 * @param decisions what was decided on the way, in order; who it was and when is in the run's history
 */
public record Review(Ending ending, int rounds, Draft draft, List<Entry> decisions) {

    /** How a review can end. */
    public enum Ending {
        ACCEPTED,
        REJECTED,
        /** Neither the editor nor the chief editor said anything. */
        UNANSWERED,
        /** The author did not hand in another text. */
        ABANDONED,
        /** It was still not good enough in the last round. */
        GIVEN_UP
    }

    /**
     * One decision.
     *
     * @param who a role, or the checks
     */
    public record Entry(int round, String who, String what) {}
}
