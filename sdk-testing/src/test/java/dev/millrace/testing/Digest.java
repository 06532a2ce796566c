package dev.millrace.testing;

import dev.millrace.Collect;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.List;

/** Sends what happened together to each reader in one mail. */
@Workflow
@Collect(maxSize = 3, maxWait = "1m", key = "input.reader")
class Digest {
    record News(String reader, String text) {}

    @Step
    String mail(List<News> news) {
        return String.join(", ", news.stream().map(News::text).toList());
    }
}
