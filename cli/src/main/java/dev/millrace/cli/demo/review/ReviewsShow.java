package dev.millrace.cli.demo.review;

import dev.millrace.cli.demo.Following;
import dev.millrace.cli.demo.Show;
import dev.millrace.cli.demo.Shown;
import dev.millrace.cli.demo.Stage;
import dev.millrace.client.RunHandle;
import dev.millrace.samples.review.ContentReviewClient;
import dev.millrace.samples.review.Deadlines;
import dev.millrace.samples.review.Review;
import dev.millrace.samples.review.Submission;
import dev.millrace.samples.review.simulated.People;
import dev.millrace.samples.review.simulated.Story;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Drafts that are checked, judged by people who look into the inbox of approvals, and revised; some of them nobody answers. */
public final class ReviewsShow implements Show {
    /** What takes days elsewhere. */
    private static final Deadlines SHORT =
            new Deadlines(Duration.ofSeconds(6), Duration.ofSeconds(6), Duration.ofSeconds(6));

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<Story> stories = Story.all();

    @Override
    public String sample() {
        return "content-review";
    }

    @Override
    public int runs() {
        return stories.size();
    }

    @Override
    public Shown run(Stage stage) throws InterruptedException {
        stage.progress()
                .note("Submitting " + stories.size() + " drafts. Editors and authors answer over the REST API, within "
                        + SHORT.editor().toSeconds() + " s each time, or not at all.");
        Map<Story, RunHandle<Review>> runs = new LinkedHashMap<>();
        var following = new Following(stage, stories.size());
        try (var people = new People(stage.millrace())) {
            people.begin();
            var client = new ContentReviewClient(stage.millrace());
            for (var story : stories) {
                var run = client.start(new Submission(story.draft(), SHORT));
                following.follow(run);
                runs.put(story, run);
            }
            following.awaitEnds(LIMIT);
        }
        var hindsight = new Hindsight(stage.millrace());
        return new ReviewsResult(runs.entrySet().stream()
                .map(entry -> hindsight.of(entry.getKey(), entry.getValue()))
                .toList());
    }
}
