package com.acme.research;

import static dev.millrace.Where.where;

import dev.millrace.Action;
import dev.millrace.Backoff;
import dev.millrace.Durable;
import dev.millrace.Emitter;
import dev.millrace.RateLimit;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Researches a question for weeks, and asks people about it. */
@Workflow
public class Research {

    @Step(timeout = "25d")
    Report research(Question question, Durable durable, Emitter<String> progress) {
        var steps = ResearchSteps.of(this, durable);
        var search = new SearchClient(durable);
        var plan = steps.plan(question);
        for (int round = 0; !plan.done() && round < 5; round++) {
            progress.emit("round " + round);
            List<Finding> found = durable.all(plan.queries(), search::start);
            plan = steps.replan(plan, found);
        }
        var verdict = durable.approval("editor", Verdict.class, Duration.ofDays(2));
        durable.sleep(Duration.ofHours(1));
        var paid = durable.event(
                "invoice.paid",
                Invoice.class,
                where("event.question == q", "q", question.id()),
                Duration.ofDays(30));
        steps.file(plan, steps.pages(plan));
        return durable.call(
                "write", Report.class, () -> write(question, verdict, paid), o -> o.retries(3).timeout("90s"));
    }

    @Step
    String summary(Report report) {
        return report.text();
    }

    @Action(
            timeout = "2m",
            retries = 4,
            backoff = @Backoff(initial = "5s", max = "1m"),
            retryOn = IOException.class)
    @RateLimit(value = "openai-rpm", limit = 60, per = "1m")
    Plan plan(Question question) throws IOException {
        return new Plan(List.of(new Query(question.text())), false);
    }

    @Action
    Plan replan(Plan plan, List<Finding> found) {
        return new Plan(plan.queries(), !found.isEmpty());
    }

    @Action(name = "count-pages", slots = 2)
    int pages(Plan durable) {
        return durable.queries().size();
    }

    @Action
    void file(Plan plan, int workflow, StepContext context) throws Exception {
        context.usage("pages", workflow);
    }

    @Action
    Optional<Finding> best(List<Finding> options) {
        return options.stream().findFirst();
    }

    private Report write(Question question, Optional<Verdict> verdict, Optional<Invoice> paid) {
        return new Report(question.text() + verdict.isPresent() + paid.isPresent());
    }
}
