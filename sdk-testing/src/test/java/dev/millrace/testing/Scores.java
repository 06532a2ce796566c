package dev.millrace.testing;

import dev.millrace.Batch;
import dev.millrace.BatchFailure;
import dev.millrace.NonRetryableException;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Scores texts, many in one call. */
@Workflow
class Scores {
    record Text(String language, String words) {}

    record Score(int points) {}

    final List<List<String>> calls = new ArrayList<>();

    @Step
    @Batch(maxSize = 3, maxWait = "2s", key = "text.language")
    List<Score> score(List<Text> text) {
        calls.add(text.stream().map(Text::words).toList());
        var scores = new ArrayList<Score>();
        var failures = new TreeMap<Integer, Throwable>();
        for (int i = 0; i < text.size(); i++) {
            scores.add(new Score(text.get(i).words().length()));
            if (text.get(i).words().isEmpty()) {
                failures.put(i, new NonRetryableException("nothing to score"));
            }
        }
        if (!failures.isEmpty()) {
            throw new BatchFailure(scores, failures);
        }
        return scores;
    }

    @Step
    String publish(Score score) {
        return score.points() + " points";
    }
}
