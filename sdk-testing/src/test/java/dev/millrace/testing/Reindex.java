package dev.millrace.testing;

import dev.millrace.Debounce;
import dev.millrace.Step;
import dev.millrace.Throttle;
import dev.millrace.Workflow;

/** Indexes a document once nobody has changed it for a while. */
@Workflow
@Debounce(value = "30s", maxWait = "1m", key = "input.id")
@Throttle(limit = 4, per = "10m", key = "input.id")
class Reindex {
    record Document(String id, String text) {}

    @Step
    String index(Document document) {
        return document.text();
    }
}
