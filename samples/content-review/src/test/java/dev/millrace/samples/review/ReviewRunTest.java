package dev.millrace.samples.review;

import static dev.millrace.testing.MillraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connection.MillraceException;
import dev.millrace.rest.model.RunState;
import dev.millrace.samples.review.Review.Ending;
import dev.millrace.samples.review.Review.Entry;
import dev.millrace.samples.review.Verdict.Decision;
import dev.millrace.samples.review.simulated.People;
import dev.millrace.samples.review.simulated.SimulatedWeb;
import dev.millrace.samples.review.simulated.Story;
import dev.millrace.testing.MillraceTest;
import dev.millrace.testing.TestApproval;
import dev.millrace.testing.TestMillrace;
import dev.millrace.testing.TestRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reviews of weeks, in milliseconds: the real engine in memory, under a clock that the tests turn. */
@MillraceTest
class ReviewRunTest {
    private static final Draft CLEAN = new Draft("d-1", "Slow trains", "ben", "Some of them arrive.");

    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void begin(TestMillrace millrace) {
        work(millrace, told);
    }

    private static void work(TestMillrace millrace, List<String> told) {
        var magazine = new Magazine() {
            @Override
            public String publish(Draft draft) {
                return "https://magazine.example/" + draft.id();
            }

            @Override
            public void tell(String author, String text) {
                told.add(author + ": " + text);
            }
        };
        millrace.worker(new ContentReview(magazine), new DraftChecks(new SimulatedWeb()));
    }

    @Test
    void whatTheEditorAcceptsIsPublished(TestMillrace millrace) {
        var run = submitted(millrace, CLEAN);
        assertThat(run.state()).isEqualTo(RunState.WAITING);

        answer(millrace, "editor", new Verdict(Decision.PUBLISH, ""));

        assertThat(run).succeeded().step("publish").succeeded();
        assertThat(told).containsExactly("ben: \"Slow trains\" is published at https://magazine.example/d-1.");
    }

    @Test
    void theDeskShowsWhatIsToBeJudged(TestMillrace millrace) {
        var run = submitted(millrace, CLEAN);

        assertThat(run.state(Desk.class)).contains(new Desk("editor", 1, CLEAN, ""));
    }

    @Test
    void theAuthorRevisesAndTheEditorIsAskedAgain(TestMillrace millrace) {
        var run = submitted(millrace, CLEAN);

        answer(millrace, "editor", new Verdict(Decision.REVISE, "Which ones?"));
        assertThat(run.state(Desk.class)).map(Desk::remark).contains("Which ones?");
        millrace.advance(Duration.ofDays(6));
        answer(millrace, "author", new Revision("The blue ones arrive."));
        answer(millrace, "editor", new Verdict(Decision.PUBLISH, ""));

        var review = run.result(Review.class);
        assertThat(review.rounds()).isEqualTo(2);
        assertThat(review.draft().text()).isEqualTo("The blue ones arrive.");
        assertThat(review.decisions())
                .extracting(Entry::who)
                .containsExactly("checks", "editor", "author", "checks", "editor");
    }

    @Test
    void whatTheChecksObjectToGoesBackWithoutAnEditor(TestMillrace millrace) {
        var run = submitted(millrace, CLEAN.with("Teh guaranteed best."));

        assertThat(millrace.approvals()).extracting(TestApproval::role).containsExactly("author");
        assertThat(run.state(Desk.class))
                .map(Desk::remark)
                .contains("\"teh\" is written \"the\"; we do not write \"guaranteed\"");
    }

    @Test
    void theChiefEditorIsAskedAfterTwoDays(TestMillrace millrace) {
        var run = submitted(millrace, CLEAN);

        millrace.advance(Duration.ofDays(2));
        answer(millrace, "chief-editor", new Verdict(Decision.REJECT, "Not now."));

        assertThat(run.result(Review.class).ending()).isEqualTo(Ending.REJECTED);
        assertThat(run).step("publish").skipped();
        assertThat(told).containsExactly("ben: \"Slow trains\" is not published: REJECTED.");
    }

    @Test
    void aReviewThatNobodyAnswersEndsAfterFourDays(TestMillrace millrace) {
        var run = submitted(millrace, CLEAN).await();

        assertThat(run.result(Review.class).ending()).isEqualTo(Ending.UNANSWERED);
        assertThat(Duration.between(TestMillrace.BEGINNING, millrace.now())).isEqualTo(Duration.ofDays(4));
    }

    @Test
    void anAuthorWhoIsSilentForAWeekGivesUpTheDraft(TestMillrace millrace) {
        var run = submitted(millrace, CLEAN);
        answer(millrace, "editor", new Verdict(Decision.REVISE, "Which ones?"));

        run.await();

        assertThat(run.result(Review.class).ending()).isEqualTo(Ending.ABANDONED);
        assertThat(Duration.between(TestMillrace.BEGINNING, millrace.now())).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void afterTheLastRoundADraftIsGivenUp(TestMillrace millrace) {
        var run = submitted(millrace, CLEAN);
        for (int round = 1; round <= ContentReview.ROUNDS; round++) {
            answer(millrace, "editor", new Verdict(Decision.REVISE, "Shorter."));
            answer(millrace, "author", new Revision("Version " + round));
        }

        assertThat(run.result(Review.class).ending()).isEqualTo(Ending.GIVEN_UP);
    }

    @Test
    void anAnswerThatIsNoVerdictIsRefused(TestMillrace millrace) {
        submitted(millrace, CLEAN);
        var asked = millrace.approvals().get(0);

        assertThatThrownBy(() -> asked.answer(Map.of("decision", "PERHAPS", "remark", "")))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("$.decision");
        assertThat(millrace.approvals()).hasSize(1);
    }

    @Test
    void everyStoryEndsAsItsTextSays(TestMillrace millrace) {
        for (var story : Story.all()) {
            var review = among(millrace, submitted(millrace, story.draft())).result(Review.class);

            assertThat(review.ending()).as(story.draft().title()).isEqualTo(story.ending());
            assertThat(review.rounds()).as(story.draft().title()).isEqualTo(story.rounds());
        }
    }

    @Test
    void aCrashAnywhereLosesNoAnswerAndPublishesTheSame() {
        var draft = new Draft("d-2", "Canals", "zoe", "Teh canals [source?] are at https://slow.example/boats.");

        int places = TestMillrace.crashEverywhere(millrace -> {
            work(millrace, new ArrayList<>());
            return among(millrace, submitted(millrace, draft));
        });

        assertThat(places).isGreaterThan(20);
    }

    private static TestRun submitted(TestMillrace millrace, Draft draft) {
        return millrace.start(ContentReview.class, new Submission(draft, Deadlines.USUAL));
    }

    private static void answer(TestMillrace millrace, String role, Object said) {
        assertThat(millrace.approvals()).extracting(TestApproval::role).containsExactly(role);
        millrace.approvals().get(0).answer(said);
    }

    /** Lets the people of the magazine answer until the review has ended. */
    private static TestRun among(TestMillrace millrace, TestRun run) {
        while (!run.hasEnded()) {
            var asked = millrace.approvals();
            var said = asked.isEmpty()
                    ? Optional.empty()
                    : said(run.state(Desk.class).orElseThrow());
            said.ifPresentOrElse(answer -> asked.get(0).answer(answer), () -> millrace.advance(Duration.ofMinutes(10)));
        }
        return run;
    }

    private static Optional<?> said(Desk desk) {
        return switch (desk.role()) {
            case "editor" -> People.edited(desk.draft());
            case "chief-editor" -> People.chosen(desk.draft());
            default -> People.revised(desk.draft());
        };
    }
}
