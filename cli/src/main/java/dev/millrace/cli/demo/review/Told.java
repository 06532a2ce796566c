package dev.millrace.cli.demo.review;

import dev.millrace.samples.review.Review.Ending;
import dev.millrace.samples.review.simulated.Story;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of one draft, beside what had to become of it.
 *
 * @param state of its run
 * @param ending how its review ended; empty if its run did not succeed
 * @param rounds 0 if its run did not succeed
 */
record Told(Story story, String runId, String state, Optional<Ending> ending, int rounds, List<Decision> decisions) {

    Told {
        decisions = List.copyOf(decisions);
    }

    /**
     * One decision.
     *
     * @param after so long after the draft was submitted
     * @param person who answered; empty for programs, and where nobody did
     */
    record Decision(Duration after, String role, Optional<String> person, String what) {}

    /** What is not as it must be, one sentence each. */
    List<String> deviations() {
        var deviations = new ArrayList<String>();
        if (ending.isEmpty()) {
            deviations.add(named() + " must succeed, but is " + state + ".");
            return deviations;
        }
        if (ending.get() != story.ending() || rounds != story.rounds()) {
            deviations.add(named() + " must end as " + story.ending() + " in round " + story.rounds()
                    + ", but has ended as " + ending.get() + " in round " + rounds + ".");
        }
        var people = decisions.stream()
                .flatMap(decision -> decision.person().stream())
                .toList();
        if (!people.equals(story.deciders())) {
            deviations.add(named() + " must be decided by " + story.deciders() + ", but was by " + people + ".");
        }
        return deviations;
    }

    private String named() {
        return "\"" + story.draft().title() + "\" (run " + runId + ")";
    }
}
