package dev.millrace.cli.demo.review;

import dev.millrace.cli.demo.review.Told.Decision;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import dev.millrace.connection.MillraceException;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.Transition;
import dev.millrace.samples.review.Review;
import dev.millrace.samples.review.Review.Entry;
import dev.millrace.samples.review.simulated.Story;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Asks what became of drafts: the result says what was decided, the run's history who did it and when. */
final class Hindsight {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** A note about a checkpoint that is over; what follows "by" is who answered, and in parentheses by which token. */
    private static final Pattern OVER =
            Pattern.compile("(?:CHILD|APPROVAL) \\S+ (?:DONE|TIMED_OUT|FAILED)(?: by ([^(]+?)(?: \\(.*\\))?)?");

    private final RunsApi runs;

    Hindsight(Millrace millrace) {
        this.runs = new RunsApi(millrace.rest());
    }

    /** A decision's time and person. */
    private record Mark(Instant at, Optional<String> person) {}

    Told of(Story story, RunHandle<Review> run) {
        try {
            var review = run.result(PATIENCE);
            return new Told(
                    story,
                    run.id(),
                    "SUCCEEDED",
                    Optional.of(review.ending()),
                    review.rounds(),
                    decisions(review, UUID.fromString(run.id())));
        } catch (MillraceException e) {
            return new Told(story, run.id(), run.state() + ": " + e.getMessage(), Optional.empty(), 0, List.of());
        }
    }

    private List<Decision> decisions(Review review, UUID run) {
        var began = runs.getRun(run).getCreatedAt();
        var marks = marks(run);
        var decisions = new ArrayList<Decision>();
        for (int i = 0; i < Math.min(marks.size(), review.decisions().size()); i++) {
            Entry entry = review.decisions().get(i);
            var mark = marks.get(i);
            decisions.add(new Decision(Duration.between(began, mark.at()), entry.who(), mark.person(), entry.what()));
        }
        return decisions;
    }

    /** Of all that the code waited for, in the order in which it came: it waits for one thing at a time. */
    private List<Mark> marks(UUID run) {
        return runs.getRunHistory(run).getItems().stream()
                .filter(transition -> "CHECKPOINT".equals(transition.getState()) && transition.getDetail() != null)
                .flatMap(transition -> mark(transition).stream())
                .toList();
    }

    private static Optional<Mark> mark(Transition transition) {
        var over = OVER.matcher(transition.getDetail());
        return over.matches()
                ? Optional.of(new Mark(transition.getAt(), Optional.ofNullable(over.group(1))))
                : Optional.empty();
    }
}
