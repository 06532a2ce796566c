package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Escalation;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A workflow that asks an editor, and the chief where the editor does not answer. */
@Workflow(timeout = "90d")
class Review {
    enum Grade {
        GOOD,
        BAD
    }

    record Verdict(Grade grade, int pages, List<String> remarks, Optional<String> reason) {}

    @Step(timeout = "60d")
    String review(int pages, Durable durable) {
        var verdict = durable.approval("editor", Verdict.class, Duration.ofDays(2))
                .or(() -> durable.approval("chief", Verdict.class, Duration.ofDays(7)));
        return told(pages, verdict);
    }

    private static String told(int pages, Optional<Verdict> verdict) {
        return verdict.map(given -> given.grade() + " " + given.pages() + " of " + pages + " " + given.remarks()
                        + given.reason().orElse(""))
                .orElse("nobody answered");
    }

    /** The same approval goes to the chief after a day. */
    @Workflow(value = "escalating-review", timeout = "90d")
    static class Escalating {
        @Step(timeout = "60d")
        String review(int pages, Durable durable) {
            return told(
                    pages,
                    durable.approval(
                            "editor",
                            Verdict.class,
                            Duration.ofDays(3),
                            Escalation.after(Duration.ofDays(pages), "chief")));
        }
    }
}
