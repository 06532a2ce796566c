package dev.millrace.engine.core;

import dev.millrace.engine.Command.NewInput;
import dev.millrace.engine.Command.ReplayFrom;
import dev.millrace.engine.Command.ReplayRun;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.TaskState;
import java.util.BitSet;
import java.util.List;

/** Decides what of a run that has ended runs again. */
final class Replays {
    static final String RUN_NOT_FINISHED = "RUN_NOT_FINISHED";
    static final String RUN_REPLAYED = "RUN_REPLAYED";
    static final String STEP_NOT_FOUND = "STEP_NOT_FOUND";
    static final String NOTHING_TO_REPLAY = "NOTHING_TO_REPLAY";

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
                kept(image, plan, again),
                command.by(),
                command.reason()));
        progress.settle(memory.run(image.run()));
        recorder.reply(command.replyTo(), new Reply.RunReplayed(generation));
    }

    /** How long this generation of the run might take: its start may have asked for less than its workflow allows. */
    private static long allottedMicros(RunImage image) {
        var began = image.started();
        for (var transition : image.history()) {
            if (transition.state().equals(Ledger.REPLAYED)) {
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

    private static List<TaskImage> kept(RunImage image, Plan plan, BitSet again) {
        return image.tasks().stream()
                .filter(task -> plan.isStep(task.node()) && !again.get(task.node()))
                .toList();
    }
}
