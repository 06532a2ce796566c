package com.acme.builds;

import dev.millrace.Each;
import dev.millrace.From;
import dev.millrace.Loop;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Watches builds until they are finished. */
@Workflow
public class BuildWatch {

    /** Asks again every half minute. */
    @Step(timeout = "20s", retries = 3)
    Loop<Build> follow(Commit commit, @From("follow") Optional<Build> previous, StepContext context) {
        var build = new Build(commit.id(), previous.map(before -> before.asked() + 1).orElse(1));
        return build.asked() > 3 ? Loop.done(build) : Loop.again(build, Duration.ofSeconds(30));
    }

    @Step
    List<Part> split(@From("follow") Build build) {
        return List.of(new Part(build.id(), 0));
    }

    /** Each part is a loop of its own. */
    @Step
    Loop<Progress> upload(@Each Part part, Optional<Progress> previous) {
        int sent = previous.map(Progress::sent).orElse(0) + 1;
        return sent < part.number() ? Loop.again(new Progress(sent)) : Loop.done(new Progress(sent));
    }

    /** Another step returns the same, so the turn before is named. */
    @Step
    Loop<Build> confirm(@From("follow") Build build, @From("confirm") Optional<Build> previous, List<Progress> sent) {
        return Loop.done(build);
    }

    /** What is watched. */
    public record Commit(String id) {}

    /** How it stands. */
    public record Build(String id, int asked) {}

    /** A part of what was built. */
    public record Part(String name, int number) {}

    /** How much of it is sent. */
    public record Progress(int sent) {}
}
