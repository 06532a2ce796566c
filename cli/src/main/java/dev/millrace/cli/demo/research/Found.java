package dev.millrace.cli.demo.research;

import dev.millrace.samples.research.Decision.Kind;
import dev.millrace.samples.research.Dossier;
import dev.millrace.samples.research.Report;
import dev.millrace.samples.research.simulated.Inquiry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of one question, beside what had to become of it.
 *
 * @param dossier empty if its run did not succeed
 * @param failure why it did not; may be empty
 * @param sources how many were searched
 * @param rounds how many answers of the model the analysis took
 * @param streamed what a follower read of the report while it was written, or afterwards
 * @param tokens what its run says it used
 */
record Found(
        Inquiry inquiry,
        String runId,
        Optional<Dossier> dossier,
        String failure,
        int sources,
        int rounds,
        String streamed,
        long tokens) {
    private static final String OVER_BUDGET = "BUDGET_EXCEEDED";

    /** What is not as it must be, one sentence each. */
    List<String> deviations() {
        var deviations = new ArrayList<String>();
        var decision = dossier.map(whole -> whole.decision().kind());
        if (!decision.equals(inquiry.decision())) {
            deviations.add(named() + " must be decided as " + inquiry.decision() + ", but was as " + decision + " "
                    + failure + ".");
        }
        if (inquiry.decision().isEmpty() && !failure.contains(OVER_BUDGET)) {
            deviations.add(named() + " must fail with " + OVER_BUDGET + ", but: " + failure + ".");
        }
        if (rounds != inquiry.rounds()) {
            deviations.add(named() + " must take " + inquiry.rounds() + " rounds, but took " + rounds + ".");
        }
        if (dossier.isPresent()
                && dossier.get().report().isPresent()
                        != (dossier.get().decision().kind() == Kind.ANSWER)) {
            deviations.add(named() + " must have a report if it is answered, and only then.");
        }
        var report = dossier.flatMap(Dossier::report).map(Report::text).orElse("");
        if (!streamed.equals(report)) {
            deviations.add(named() + " must stream its report, but streamed \"" + streamed + "\".");
        }
        return deviations;
    }

    private String named() {
        return "The question about " + inquiry.question().topic() + " (run " + runId + ")";
    }
}
