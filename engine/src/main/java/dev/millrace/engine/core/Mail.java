package dev.millrace.engine.core;

import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.Signals;
import java.util.Optional;

/** Decides about what is sent to runs while they go on. */
final class Mail {
    static final String RUN_FINISHED = "RUN_FINISHED";
    static final String SIGNAL_LIMIT = "SIGNAL_LIMIT";
    static final String SIGNAL_NOT_EXPECTED = "SIGNAL_NOT_EXPECTED";

    private final Recorder recorder;
    private final Durables durables;

    Mail(Recorder recorder, Durables durables) {
        this.recorder = recorder;
        this.durables = durables;
    }

    void send(Run run, Command.SendSignal command) {
        var signal = command.signal();
        if (run.mailbox != null && run.mailbox.knows(signal.request())) {
            recorder.reply(command.replyTo(), new Reply.SignalTaken(true));
        } else if (run.hasEnded()) {
            refuseFinished(command, run.state);
        } else if (!run.version.plan.hasDurable) {
            recorder.refuse(
                    command.replyTo(),
                    SIGNAL_NOT_EXPECTED,
                    "Run " + run.id + " is of workflow '" + run.version.ref.workflow()
                            + "', which has no durable step, so nothing in it can wait for signal '" + signal.name()
                            + "'.");
        } else if (run.mailbox != null && isFull(run.mailbox, signal.size())) {
            recorder.refuse(
                    command.replyTo(),
                    SIGNAL_LIMIT,
                    "Run " + run.id + " keeps " + run.mailbox.size() + " signals of " + run.mailbox.bytes()
                            + " bytes that no step has taken yet. It may keep " + Signals.MOST + " and "
                            + Signals.MOST_BYTES + " bytes. Send '" + signal.name()
                            + "' again when the run has taken some.");
        } else {
            durables.receive(run, signal);
            recorder.reply(command.replyTo(), new Reply.SignalTaken(false));
        }
    }

    private static boolean isFull(Mailbox mailbox, long more) {
        return mailbox.size() >= Signals.MOST || mailbox.bytes() + more > Signals.MOST_BYTES;
    }

    /** The run ended before it was asked. */
    void tooLate(Command.SendSignal command, RunImage image) {
        if (image.signals().known().contains(command.signal().request())) {
            recorder.reply(command.replyTo(), new Reply.SignalTaken(true));
        } else {
            refuseFinished(command, image.state());
        }
    }

    /** Brings a task what it waits for. */
    void bring(Run run, Command.SettleWait command) {
        var task = run.generation == command.generation() ? run.task(command.node(), command.element()) : null;
        var trail = task == null ? null : task.trailOf(command.key());
        var wait = trail == null ? null : trail.get(command.key());
        boolean accepted = wait != null
                && wait.isOpen()
                && wait.kind() == command.kind()
                && !task.state.isFinal()
                && !task.hasUsed(command.source());
        if (accepted) {
            durables.settle(task, wait, command.state(), command.value(), Optional.empty(), command.source());
            wait = trail.get(command.key());
        }
        recorder.reply(command.replyTo(), new Reply.WaitSettled(accepted, Optional.ofNullable(wait)));
    }

    /** The run ended before. */
    void tooLate(Command.SettleWait command, RunImage image) {
        var wait = image.tasks().stream()
                .filter(task -> image.generation() == command.generation()
                        && task.node() == command.node()
                        && task.element() == command.element())
                .flatMap(task -> task.checkpoints().all().stream())
                .filter(checkpoint -> checkpoint.key().equals(command.key()))
                .findFirst();
        recorder.reply(command.replyTo(), new Reply.WaitSettled(false, wait));
    }

    private void refuseFinished(Command.SendSignal command, RunState state) {
        recorder.refuse(
                command.replyTo(),
                RUN_FINISHED,
                "Run " + command.run() + " has ended as " + state + ", so nothing waits for signal '"
                        + command.signal().name() + "' any more.");
    }
}
