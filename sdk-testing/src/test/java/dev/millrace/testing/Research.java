package dev.millrace.testing;

import dev.millrace.Action;
import dev.millrace.Durable;
import dev.millrace.Input;
import dev.millrace.NonRetryableException;
import dev.millrace.Step;
import dev.millrace.TypeRef;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks a question over a month: a durable step that plans, looks things up beside each other, rests and writes. */
@Workflow(timeout = "60d")
class Research {
    /** Every time that an action was really done. */
    final List<String> done = new ArrayList<>();
    /** Called when an action is done; may throw, crash things or turn the clock. */
    Consumer<String> happens = what -> {};
    /** Another version of the code. */
    boolean changed;

    @Step(timeout = "45d")
    String research(@Input String question, Durable durable) {
        var begun = durable.now();
        var steps = ResearchSteps.of(this, durable);
        var plan = changed ? steps.plan(question + "?") : steps.plan(question);
        var found = durable.all(
                List.of("a", "b", "c"),
                source -> durable.fork("look", TypeRef.of(String.class), () -> look(plan, source), o -> o));
        durable.sleep(Duration.ofDays(30));
        var key = durable.uuid();
        var report = durable.call("write", String.class, () -> write(found, key.toString()), o -> o.retries(2));
        return steps.best(report).orElse("nothing") + " after "
                + Duration.between(begun, durable.now()).toDays() + " days";
    }

    @Action(retries = 3)
    String plan(String question) {
        does("plan");
        return "plan for " + question;
    }

    @Action
    Optional<String> best(String report) {
        does("best");
        return report.isEmpty() ? Optional.empty() : Optional.of(report);
    }

    private String look(String plan, String source) {
        does("look " + source);
        return source.toUpperCase(java.util.Locale.ROOT) + plan.length();
    }

    private String write(List<String> found, String key) {
        does("write");
        if (key.isEmpty()) {
            throw new NonRetryableException("no key");
        }
        return String.join("+", found);
    }

    private void does(String what) {
        done.add(what);
        happens.accept(what);
    }
}
