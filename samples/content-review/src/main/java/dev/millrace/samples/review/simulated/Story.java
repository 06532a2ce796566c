package dev.millrace.samples.review.simulated;

import dev.millrace.samples.review.Draft;
import dev.millrace.samples.review.Review.Ending;
import java.util.List;

/**
 * A draft, and what must become of it in the hands of {@link People}.
 *
 * @param rounds how often it is checked
 * @param deciders who answers, in order
 */
public record Story(Draft draft, Ending ending, int rounds, List<String> deciders) {

    /** One for each way that a review can take. */
    public static List<Story> all() {
        return List.of(
                new Story(
                        new Draft(
                                "slow-trains",
                                "Slow trains",
                                "ben",
                                "Some of them arrive, see https://slow.example/rail."),
                        Ending.ACCEPTED,
                        1,
                        List.of("ada")),
                new Story(
                        new Draft("bread", "The price of bread", "ben", "It has doubled in ten years [source?]."),
                        Ending.ACCEPTED,
                        2,
                        List.of("ada", "ben", "ada")),
                new Story(
                        new Draft(
                                "ghent", "A weekend in Ghent", "zoe", "Teh canals are at https://ghent.invalid/boats."),
                        Ending.ACCEPTED,
                        2,
                        List.of("zoe", "ada")),
                new Story(
                        new Draft(
                                "watches",
                                "Ten watches you need",
                                "zoe",
                                "Paid for by nine of their makers. #sponsored"),
                        Ending.REJECTED,
                        1,
                        List.of("ada")),
                new Story(
                        new Draft("silence", "Column: On silence", "kim", "The chief editor reads columns herself."),
                        Ending.ACCEPTED,
                        1,
                        List.of("grace")),
                new Story(
                        new Draft("leftovers", "Leftovers, again", "kim", "Nobody has anything to say about this."),
                        Ending.UNANSWERED,
                        1,
                        List.of()),
                new Story(
                        new Draft("half", "Half a story", "max", "The other half [source?] is [away until June]."),
                        Ending.ABANDONED,
                        1,
                        List.of("ada")));
    }
}
