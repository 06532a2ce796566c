package dev.millrace.samples.review.simulated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.client.Millrace;
import dev.millrace.client.WorkflowClient;
import dev.millrace.connection.MillraceException;
import dev.millrace.rest.ApprovalsApi;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.model.AnswerApproval;
import dev.millrace.rest.model.ApprovalView;
import dev.millrace.rest.model.ByWhom;
import dev.millrace.samples.review.Desk;
import dev.millrace.samples.review.Draft;
import dev.millrace.samples.review.Review;
import dev.millrace.samples.review.Revision;
import dev.millrace.samples.review.Submission;
import dev.millrace.samples.review.Verdict;
import dev.millrace.samples.review.Verdict.Decision;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The people of the magazine: ada, who edits; grace, the chief editor; and the authors. They look into the inbox of approvals again and
 * again, over the public API, and answer what a page of their own would show them.
 *
 * <p>Ada wants a source for what says {@code [source?]}, rejects what is {@code #sponsored}, and leaves columns to grace. Both have nothing
 * to say about leftovers. Authors mend what they are told, unless they are {@code [away until June]}.
 */
public final class People implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(People.class);
    private static final long LOOK_MILLIS = 100;
    private static final JsonMapper JSON = new JsonMapper();

    private record Answer(String by, Object said) {}

    private final ApprovalsApi approvals;
    private final WorkflowClient<Submission, Review> reviews;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(body -> {
        var made = new Thread(body, "people");
        made.setDaemon(true);
        return made;
    });

    /** They do not work yet. */
    public People(Millrace millrace) {
        approvals = new ApprovalsApi(millrace.rest());
        reviews = millrace.workflow("content-review", Submission.class, Review.class);
    }

    /** They begin to work, until this is closed. */
    public void begin() {
        thread.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            approvals.listApprovals().getItems().stream()
                    .filter(asked -> asked.getWorkflow().equals("content-review"))
                    .forEach(this::see);
        } catch (RestException | RestUnavailableException e) {
            log.info("Looking again soon: {}", e.getMessage());
        }
    }

    private void see(ApprovalView asked) {
        try {
            reviews.get(asked.getRunId().toString())
                    .state(Desk.class)
                    .flatMap(People::answer)
                    .ifPresent(answer -> {
                        approvals.claimApproval(asked.getApprovalId(), new ByWhom().by(answer.by()));
                        approvals.answerApproval(
                                asked.getApprovalId(),
                                new AnswerApproval().answer(json(answer.said())).by(answer.by()));
                    });
        } catch (RestException | MillraceException e) {
            log.info("Too late: {}", e.getMessage()); // its time was up, or another was faster: the first answer counts
        }
    }

    private static Optional<Answer> answer(Desk desk) {
        return switch (desk.role()) {
            case "editor" -> edited(desk.draft()).map(verdict -> new Answer("ada", verdict));
            case "chief-editor" -> chosen(desk.draft()).map(verdict -> new Answer("grace", verdict));
            default ->
                revised(desk.draft()).map(revision -> new Answer(desk.draft().author(), revision));
        };
    }

    /** What ada says to a draft; nothing if she says nothing. */
    public static Optional<Verdict> edited(Draft draft) {
        if (draft.title().startsWith("Column:") || draft.title().startsWith("Leftovers")) {
            return Optional.empty();
        }
        if (draft.text().contains("#sponsored")) {
            return Optional.of(new Verdict(Decision.REJECT, "We do not print what is paid for."));
        }
        return Optional.of(
                draft.text().contains("[source?]")
                        ? new Verdict(Decision.REVISE, "Who says so?")
                        : new Verdict(Decision.PUBLISH, "Good."));
    }

    /** What grace says to a draft that ada has left to her. */
    public static Optional<Verdict> chosen(Draft draft) {
        return draft.title().startsWith("Column:")
                ? Optional.of(new Verdict(Decision.PUBLISH, "Needs no editing."))
                : Optional.empty();
    }

    /** What an author makes of a draft. */
    public static Optional<Revision> revised(Draft draft) {
        if (draft.text().contains("[away until June]")) {
            return Optional.empty();
        }
        return Optional.of(new Revision(draft.text()
                .replace("[source?]", "(Statistics Office, 2026)")
                .replace("Teh", "The")
                .replace("https://ghent.invalid/boats", "https://ghent.example/boats")));
    }

    private static RawJson json(Object value) {
        try {
            return new RawJson(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
