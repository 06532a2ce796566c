package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Content;
import dev.millrace.engine.Command.NewCheckpoint;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Parent;
import dev.millrace.engine.Payload;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Begins the runs that durable steps start, each in the commit of the checkpoint that names it: so once, whatever crashes. */
final class Children {
    private final Memory memory;
    private final Recorder recorder;
    private final Progress progress;

    Children(Memory memory, Recorder recorder, Progress progress) {
        this.memory = memory;
        this.recorder = recorder;
        this.progress = progress;
    }

    /** What is stored of it at its parent: that it waits for the child, or why there is none. */
    Checkpoint checkpoint(Task task, NewCheckpoint made, Content.Child child) {
        var problem = problem(task, child);
        var state = problem.isPresent() ? Checkpoint.State.FAILED : Checkpoint.State.OPEN;
        return new Checkpoint(
                made.key(),
                made.place(),
                made.kind(),
                made.digest(),
                state,
                problem.isPresent() ? task.trail.newest() + 1 : 0,
                Instant.MAX,
                Payload.NONE,
                problem,
                problem.isPresent() ? "" : child.start().run().toString());
    }

    private static Optional<Failure> problem(Task task, Content.Child child) {
        var version = child.start().version();
        if (depth(task.run) > Parent.MOST_DEPTH) {
            return Optional.of(Failure.of(
                    Failure.CHILD_DEPTH,
                    "Run " + task.run.id + " has " + Parent.MOST_DEPTH + " runs above it already, so it cannot start a"
                            + " child of workflow '" + version.workflow()
                            + "'. Does a workflow start children of its own kind without an end?"));
        }
        var known = task.run.tenant.version(version);
        if (known != null && known.plan.isGuarded()) {
            return Optional.of(Failure.of(
                    Failure.WINDOWED_CHILD,
                    "Workflow '" + version.workflow() + "' gathers, delays or drops starts (@Collect, @Debounce or"
                            + " @Throttle), so none of them is surely a run of its own, and a child has to be one."
                            + " Publish an event that starts it, or call a workflow without such an annotation."));
        }
        return known != null
                ? Optional.empty()
                : Optional.of(Failure.of(Starts.WORKFLOW_NOT_FOUND, "There is no version " + version + "."));
    }

    /** What its parent requires of workers holds for it too, but for labels about which it has a word of its own. */
    private static Map<String, String> requires(Run parent, Command.RunStart start) {
        if (parent.terms.requires().isEmpty()) {
            return start.terms().requires();
        }
        var requires = new HashMap<>(parent.terms.requires());
        requires.putAll(start.terms().requires());
        return requires;
    }

    private static int depth(Run parent) {
        return parent.parent == null ? 1 : parent.parent.depth() + 1;
    }

    /** Begins it; its checkpoint is recorded. */
    void begin(Task task, Checkpoint open, Content.Child child) {
        var run = task.run;
        var start = child.start();
        recorder.record(new Fact.RunStarted(
                run.tenant.id,
                recorder.now(),
                start.run(),
                1,
                start.version(),
                start.input(),
                "",
                child.ofParentsClass() ? run.priority : start.priority(),
                start.metadata(),
                Starts.deadline(run.tenant.version(start.version()), start, recorder.nowMicros()),
                start.terms().requiring(requires(run, start)),
                Optional.of(new Parent(
                        run.id,
                        run.generation,
                        task.node.number,
                        task.element,
                        open.key(),
                        depth(run),
                        child.abandoned()))));
        progress.settle(memory.run(start.run()));
    }
}
