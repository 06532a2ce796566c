package dev.millrace.testing;

import dev.millrace.Loop;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/** A workflow that asks for a build until it is finished. */
@Workflow(timeout = "60d")
class BuildWatch {
    record Commit(String id, int turns) {}

    record Build(String commit, int asked, boolean finished) {}

    final List<String> keys = new ArrayList<>();
    /** What happens in a turn, before it ends. */
    IntConsumer happens = turn -> {};

    @Step(retries = 1)
    Loop<Build> follow(Commit commit, Optional<Build> previous, StepContext context) {
        int turn = context.turn().orElseThrow();
        keys.add(context.idempotencyKey());
        happens.accept(turn);
        int asked = previous.map(Build::asked).orElse(0) + 1;
        return asked < commit.turns()
                ? Loop.again(new Build(commit.id(), asked, false), Duration.ofDays(1))
                : Loop.done(new Build(commit.id(), asked, true));
    }

    @Step
    String tell(Build build) {
        return build.commit() + " after " + build.asked() + (build.finished() ? ", finished" : "");
    }
}
