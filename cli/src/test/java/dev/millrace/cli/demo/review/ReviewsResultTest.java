package dev.millrace.cli.demo.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.demo.review.Told.Decision;
import dev.millrace.cli.terminal.Style;
import dev.millrace.samples.review.Review.Ending;
import dev.millrace.samples.review.simulated.Story;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReviewsResultTest {
    private static final Style PLAIN = new Style(false, false);
    /** Ada accepts it in the first round. */
    private static final Story SLOW_TRAINS = Story.all().get(0);

    @Test
    void everyDecisionIsALineWithItsTimeAndItsPerson() {
        var result = new ReviewsResult(List.of(told(Ending.ACCEPTED, "ada")));

        assertThat(result.asExpected()).isTrue();
        assertThat(result.lines(PLAIN))
                .contains(
                        "Slow trains  ACCEPTED in round 1  run r-1",
                        "    +0.4 s  checks                nothing found",
                        "    +1.3 s  ada, editor           PUBLISH: Good.");
    }

    @Test
    void anotherEndingIsADeviation() {
        var result = new ReviewsResult(List.of(told(Ending.REJECTED, "ada")));

        assertThat(result.asExpected()).isFalse();
        assertThat(result.lines(PLAIN))
                .contains(
                        "  \"Slow trains\" (run r-1) must end as ACCEPTED in round 1, but has ended as REJECTED in round 1.");
    }

    @Test
    void anotherPersonIsADeviation() {
        assertThat(told(Ending.ACCEPTED, "grace").deviations())
                .containsExactly("\"Slow trains\" (run r-1) must be decided by [ada], but was by [grace].");
    }

    @Test
    void aRunThatHasNotSucceededIsADeviation() {
        var told = new Told(SLOW_TRAINS, "r-1", "RUNNING", Optional.empty(), 0, List.of());

        assertThat(told.deviations()).containsExactly("\"Slow trains\" (run r-1) must succeed, but is RUNNING.");
        assertThat(new ReviewsResult(List.of(told)).json()).contains("\"asExpected\" : false", "\"RUNNING\"");
    }

    private static Told told(Ending ending, String person) {
        return new Told(
                SLOW_TRAINS,
                "r-1",
                "SUCCEEDED",
                Optional.of(ending),
                1,
                List.of(
                        new Decision(Duration.ofMillis(400), "checks", Optional.empty(), "nothing found"),
                        new Decision(Duration.ofMillis(1_300), "editor", Optional.of(person), "PUBLISH: Good.")));
    }
}
