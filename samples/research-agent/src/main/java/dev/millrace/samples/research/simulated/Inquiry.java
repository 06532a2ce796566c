package dev.millrace.samples.research.simulated;

import dev.millrace.samples.research.Decision;
import dev.millrace.samples.research.Question;
import java.util.List;
import java.util.Optional;

/**
 * A question, and what must become of it.
 *
 * @param decision empty if its run fails, because it would use more than its budget
 * @param rounds how often the model is asked in the analysis
 */
public record Inquiry(Question question, Optional<Decision.Kind> decision, int rounds) {

    /** One for each way that research can take. */
    public static List<Inquiry> all() {
        return List.of(
                new Inquiry(new Question("heat pumps"), Optional.of(Decision.Kind.ANSWER), 3),
                new Inquiry(new Question("battery trains"), Optional.of(Decision.Kind.ANSWER), 3),
                new Inquiry(new Question("cold fusion"), Optional.of(Decision.Kind.TOO_LITTLE_IS_KNOWN), 1),
                new Inquiry(new Question("everything"), Optional.empty(), 0));
    }
}
