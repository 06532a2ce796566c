package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Command.NewInput;
import dev.millrace.engine.Command.ReplayFrom;
import dev.millrace.engine.Command.ReplayRun;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.TaskSpent;
import dev.millrace.engine.TaskState;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Decides what of a run that has ended runs again. */
final class Replays {
    static final String RUN_NOT_FINISHED = "RUN_NOT_FINISHED";
    static final String RUN_REPLAYED = "RUN_REPLAYED";
    static final String STEP_NOT_FOUND = "STEP_NOT_FOUND";
    static final String NOTHING_TO_REPLAY = "NOTHING_TO_REPLAY";
    static final String CHECKPOINT_NOT_FOUND = "CHECKPOINT_NOT_FOUND";
    static final String CHECKPOINT_NOT_KEPT = "CHECKPOINT_NOT_KEPT";

    private final Memory memory;
    private final Recorder recorder;
    private final Progress progress;

    Replays(Memory memory, Recorder recorder, Progress progress) {
        this.memory = memory;
        this.recorder = recorder;
        this.progress = progress;
    }

    /**
     * Replays, or says why not.
     *
     * @param image the run as it ended
     */
    void replay(ReplayRun command, RunImage image) {
        var version = memory.tenant(image.tenant()).version(image.version());
        if (version == null) {
            recorder.refuse(
                    command.replyTo(),
                    Starts.WORKFLOW_NOT_FOUND,
                    "Run " + image.run() + " has version " + image.version() + ", which is not known any more.");
        } else if (command.expected() > 0 && command.expected() != image.generation()) {
            recorder.refuse(
                    command.replyTo(),
                    RUN_REPLAYED,
                    "Run " + image.run() + " has been replayed already: generation " + command.expected()
                            + " was to be replayed, and it is in generation " + image.generation() + ".");
        } else if (!image.state().isFinal()) {
            recorder.refuse(
                    command.replyTo(),
                    RUN_NOT_FINISHED,
                    "Run " + image.run() + " is " + image.state()
                            + "; only a run that has ended can be replayed. Wait for its end, or cancel it first.");
        } else if (image.window().isPresent()) {
            recorder.refuse(
                    command.replyTo(),
                    NOTHING_TO_REPLAY,
                    "Run " + image.run() + " was cancelled while it waited in its window for further starts, so there"
                            + " is nothing to replay. Start it again.");
        } else if (command.from() instanceof ReplayFrom.Step step && !isStep(version.plan, step.node())) {
            recorder.refuse(
                    command.replyTo(),
                    STEP_NOT_FOUND,
                    "Run " + image.run() + " has no step with number " + step.node() + ".");
        } else {
            replay(command, image, version.plan);
        }
    }

    private static boolean isStep(Plan plan, int node) {
        return node >= 0 && plan.isStep(node);
    }

    private void replay(ReplayRun command, RunImage image, Plan plan) {
        var again = again(command.from(), image, plan);
        if (command.from() instanceof ReplayFrom.AtCheckpoint at) {
            var problem = problem(command, at, image, plan, again);
            if (!problem.isEmpty()) {
                recorder.refuse(command.replyTo(), problem.get(0), problem.get(1));
                return;
            }
        }
        if (again.isEmpty()) {
            recorder.refuse(
                    command.replyTo(),
                    NOTHING_TO_REPLAY,
                    "Every step of run " + image.run() + " succeeded. Name the step to replay from.");
            return;
        }
        int generation = image.generation() + 1;
        recorder.record(new Fact.RunReplayed(
                image.tenant(),
                recorder.now(),
                image.run(),
                generation,
                image.version(),
                command.input().map(NewInput::payload).orElse(image.input()),
                image.idempotencyKey(),
                image.priority(),
                image.metadata(),
                image.started(),
                Instants.of(recorder.nowMicros() + Math.min(plan.deadlineMicros, allottedMicros(image))),
                command.input()
                        .map(NewInput::terms)
                        .orElse(image.terms())
                        .requiring(image.terms().requires()),
                image.parent(),
                image.allowance(),
                image.heard(),
                kept(command, image, plan, again),
                command.by(),
                command.reason()));
        progress.settle(memory.run(image.run()));
        recorder.reply(command.replyTo(), new Reply.RunReplayed(generation));
    }

    /** How long this generation of the run might take: its start may have asked for less than its workflow allows. */
    private static long allottedMicros(RunImage image) {
        var began = image.started();
        for (var transition : image.history()) {
            if (transition.state().equals(Ledger.REPLAYED) || transition.state().equals(RunImage.RESTARTED)) {
                began = transition.at();
            }
        }
        return Instants.micros(image.deadline()) - Instants.micros(began);
    }

    /** The steps that run again, and with a step all that follows from it. */
    private static BitSet again(ReplayFrom from, RunImage image, Plan plan) {
        var again = new BitSet();
        if (from instanceof ReplayFrom.Start) {
            again.set(0, plan.steps);
        } else if (from instanceof ReplayFrom.Step step) {
            again.set(step.node());
        } else if (from instanceof ReplayFrom.AtCheckpoint at) {
            again.set(at.node());
        }
        for (var task : image.tasks()) {
            if (plan.isStep(task.node()) && !isKept(task)) {
                again.set(task.node());
            }
        }
        for (int node = 0; node < plan.steps; node++) {
            if (wasUndone(image, plan.nodes[node])) {
                again.set(node);
            }
        }
        for (int node : plan.ordered) {
            if (again.get(node)) {
                for (int successor : plan.nodes[node].successors) {
                    again.set(successor);
                }
            }
        }
        return again;
    }

    /** It succeeded, or is an element that somebody left out. */
    private static boolean isKept(TaskImage task) {
        return task.state() == TaskState.SUCCEEDED || task.state() == TaskState.SKIPPED && !task.neverBegan();
    }

    /** Whether its compensation began: nobody knows what is left of what it did. */
    private static boolean wasUndone(RunImage image, Plan.Node node) {
        return node.compensation >= 0 && image.tasks().stream().anyMatch(task -> task.node() == node.compensation);
    }

    private List<TaskImage> kept(ReplayRun command, RunImage image, Plan plan, BitSet again) {
        var at = command.from() instanceof ReplayFrom.AtCheckpoint checkpoint ? checkpoint : null;
        var loops = loopsGoingOn(command, image, plan, again);
        return image.tasks().stream()
                .filter(task -> plan.isStep(task.node())
                        && (!again.get(task.node())
                                || at != null && task.node() == at.node()
                                || loops.get(task.node())))
                .map(task -> {
                    if (at != null && task.node() == at.node()) {
                        return goingOn(task, at);
                    }
                    return loops.get(task.node()) && !isKept(task) ? goingOn(task, task.checkpoints()) : task;
                })
                .toList();
    }

    // ---- loops that go on with the turn in which they failed ----

    /** Steps that stand before such a loop are not repeated, so what its turns left goes with what they made. */
    private static BitSet loopsGoingOn(ReplayRun command, RunImage image, Plan plan, BitSet again) {
        var loops = new BitSet();
        if (!(command.from() instanceof ReplayFrom.FailedSteps)
                || command.input().isPresent()) {
            return loops;
        }
        for (var task : image.tasks()) {
            if (plan.isStep(task.node()) && task.loop().turns() > 0 && !isKept(task)) {
                loops.set(task.node());
            }
        }
        for (var task : image.tasks()) {
            boolean lacks = task.loop().turns() == 0
                    && !isKept(task)
                    && (task.neverBegan() || plan.isStep(task.node()) && !plan.nodes[task.node()].waits.isEmpty());
            if (lacks) {
                loops.clear(task.node());
            }
        }
        for (int node = 0; node < plan.steps; node++) {
            if (wasUndone(image, plan.nodes[node])) {
                loops.clear(node);
            }
            for (var edge : plan.nodes[node].edges) {
                if (again.get(edge.parent())) {
                    loops.clear(node);
                }
            }
        }
        return loops;
    }

    // ---- durable steps that go on from a checkpoint ----

    /** Code and words of why it cannot; empty if it can. */
    private static List<String> problem(
            ReplayRun command, ReplayFrom.AtCheckpoint at, RunImage image, Plan plan, BitSet again) {
        var task = image.tasks().stream()
                .filter(each -> each.node() == at.node() && each.element() == at.element())
                .findFirst();
        var step = isStep(plan, at.node()) ? "Step '" + plan.nodes[at.node()].name + "'" : "Step " + at.node();
        if (task.isEmpty() || find(task.get(), at).isEmpty()) {
            return List.of(
                    CHECKPOINT_NOT_FOUND,
                    step + " of run " + image.run() + " has no checkpoint " + at.key()
                            + ". The history of the run names those that it has.");
        }
        if (command.input().isPresent()) {
            return List.of(
                    CHECKPOINT_NOT_KEPT,
                    "What a step stored before a checkpoint goes with the input that it had, so run " + image.run()
                            + " cannot go on from " + at.key() + " with another one. Replay it from the step.");
        }
        for (var edge : plan.nodes[at.node()].edges) {
            if (again.get(edge.parent())) {
                return List.of(
                        CHECKPOINT_NOT_KEPT,
                        step + " of run " + image.run() + " cannot go on from " + at.key() + ", because step '"
                                + plan.nodes[edge.parent()].name
                                + "' before it has to run again. Replay the run from there.");
            }
        }
        return List.of();
    }

    private static Optional<Checkpoint> find(TaskImage task, ReplayFrom.AtCheckpoint at) {
        return task.checkpoints().all().stream()
                .filter(checkpoint -> checkpoint.key().equals(at.key()))
                .findFirst();
    }

    /** The task as it is to queue now: with what it stored before the checkpoint. What was open then is begun anew. */
    private TaskImage goingOn(TaskImage task, ReplayFrom.AtCheckpoint at) {
        if (task.element() != at.element() && isKept(task)) {
            return task;
        }
        int place = find(task, at).map(Checkpoint::place).orElse(0);
        var before = task.checkpoints().all().stream()
                .filter(checkpoint -> checkpoint.key().isBefore() || checkpoint.place() < place && !checkpoint.isOpen())
                .toList();
        return goingOn(task, before.isEmpty() ? Checkpoints.NONE : new Checkpoints(Instant.MAX, before));
    }

    /** The task as it is to queue now, with what of it is stored. */
    private TaskImage goingOn(TaskImage task, Checkpoints before) {
        return new TaskImage(
                task.node(),
                task.element(),
                TaskState.QUEUED,
                0,
                0,
                Payload.NONE,
                -1,
                Optional.empty(),
                Optional.empty(),
                recorder.now(),
                Instant.MIN,
                Instant.MIN,
                Instant.MAX,
                task.terms(),
                before,
                0,
                false,
                TaskSpent.NONE,
                Optional.empty(),
                Optional.empty(),
                task.loop());
    }
}
