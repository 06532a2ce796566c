package dev.millrace.samples.review;

import dev.millrace.Durable;
import dev.millrace.Result;
import dev.millrace.Step;
import dev.millrace.When;
import dev.millrace.Workflow;
import dev.millrace.samples.review.Review.Ending;
import dev.millrace.samples.review.Review.Entry;
import dev.millrace.samples.review.Verdict.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From a draft to a publication, or to a kind refusal.
 *
 * <pre>
 *   review ──▶ publish ──▶ tellAuthor      publish: only if it was accepted
 * </pre>
 *
 * <p>{@code review} is a loop: checks, an editor, the author, and again. It is a durable step, so it reads like the conversation that it is;
 * while somebody thinks, it is on no worker, and a deployment or a crash in the second week loses nothing.
 */
@Workflow(
        description = "Has a draft checked, judged and revised as often as it takes, and publishes it.",
        timeout = "90d")
public class ContentReview {
    static final int ROUNDS = 4;

    private final Magazine magazine;

    public ContentReview(Magazine magazine) {
        this.magazine = magazine;
    }

    @Result
    @Step(timeout = "60d")
    Review review(Submission submission, Durable durable) {
        var checks = new DraftChecksClient(durable); // made with the durable: what it starts are children of this run
        var deadlines = submission.deadlines();
        var decisions = new ArrayList<Entry>();
        var draft = submission.draft();
        for (int number = 1; number <= ROUNDS; number++) {
            var round = new Round(number, draft, decisions, durable);
            var findings = checks.run(draft);
            round.note("checks", findings.toString());
            // Nobody is asked to proof-read. An editor who does not answer in time is not waited for; the chief editor
            // is asked.
            var verdict = findings.none()
                    ? round.ask("editor", deadlines.editor()).or(() -> round.ask("chief-editor", deadlines.chief()))
                    : Optional.of(new Verdict(Decision.REVISE, findings.toString()));
            if (verdict.isEmpty()) {
                return round.ended(Ending.UNANSWERED);
            }
            if (verdict.get().decision() == Decision.PUBLISH) {
                return round.ended(Ending.ACCEPTED);
            }
            if (verdict.get().decision() == Decision.REJECT) {
                return round.ended(Ending.REJECTED);
            }
            var revision = round.revise(verdict.get().remark(), deadlines.author());
            if (revision.isEmpty()) {
                return round.ended(Ending.ABANDONED);
            }
            draft = draft.with(revision.get().text());
        }
        return new Review(Ending.GIVEN_UP, ROUNDS, draft, decisions);
    }

    /** One version of the draft, and who is asked about it. What it does is stored by way of the durable. */
    private record Round(int number, Draft draft, List<Entry> decisions, Durable durable) {

        Optional<Verdict> ask(String role, Duration within) {
            durable.state(new Desk(role, number, draft, ""));
            var verdict = durable.approval(role, Verdict.class, within);
            note(role, verdict.map(Verdict::toString).orElse("does not answer"));
            return verdict;
        }

        Optional<Revision> revise(String remark, Duration within) {
            durable.state(new Desk("author", number, draft, remark));
            var revision = durable.approval("author", Revision.class, within);
            note("author", revision.isPresent() ? "hands in another text" : "does not answer");
            return revision;
        }

        void note(String who, String what) {
            decisions.add(new Entry(number, who, what));
        }

        Review ended(Ending how) {
            return new Review(how, number, draft, decisions);
        }
    }

    @Step(retries = 5)
    @When("review.ending == 'ACCEPTED'")
    Publication publish(Review review) {
        return new Publication(magazine.publish(review.draft()));
    }

    @Step(retries = 5)
    void tellAuthor(Review review, Optional<Publication> publication) {
        magazine.tell(
                review.draft().author(),
                publication
                        .map(out -> "\"" + review.draft().title() + "\" is published at " + out.address() + ".")
                        .orElse("\"" + review.draft().title() + "\" is not published: " + review.ending() + "."));
    }
}
