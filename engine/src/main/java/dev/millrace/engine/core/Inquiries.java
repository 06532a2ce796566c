package dev.millrace.engine.core;

import dev.millrace.engine.Command;
import dev.millrace.engine.Command.AboutRun;
import dev.millrace.engine.Command.Settlement;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots.RunName;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Follows, reads, cancels and replays runs, and settles tasks of them; those that are not in memory wait until their image is loaded. */
final class Inquiries {
    static final String RUN_NOT_FOUND = "RUN_NOT_FOUND";
    static final String TASK_NOT_FOUND = "TASK_NOT_FOUND";

    private final Memory memory;
    private final Recorder recorder;
    private final Progress progress;
    private final Replays replays;
    private final Images images;
    private final Followers followers;
    private final LoadNumbers numbers;
    private final Passivation passivation;
    private final Mail mail;
    private final Raises raises;
    private final Answers answers;

    /** Commands that wait for an image, in the order in which they came. */
    private final Map<RunName, List<AboutRun>> waiting = new HashMap<>();

    /** What is done once a run is in memory, or is known not to go on. */
    private final Map<RunName, List<Runnable>> visits = new HashMap<>();

    private final Map<Long, RunName> loads = new HashMap<>();

    Inquiries(
            Memory memory,
            Recorder recorder,
            Progress progress,
            Replays replays,
            Images images,
            Followers followers,
            LoadNumbers numbers,
            Passivation passivation,
            Mail mail,
            Raises raises,
            Answers answers) {
        this.memory = memory;
        this.recorder = recorder;
        this.progress = progress;
        this.replays = replays;
        this.images = images;
        this.followers = followers;
        this.numbers = numbers;
        this.passivation = passivation;
        this.mail = mail;
        this.raises = raises;
        this.answers = answers;
    }

    /** Answers at once when the run is in memory, else once its image is loaded. */
    void ask(AboutRun command) {
        var run = memory.runs.get(command.run());
        if (run == null) {
            load(command);
        } else if (!run.tenant.id.equals(command.tenant())) {
            refuse(command.replyTo(), command.run());
        } else {
            answer(run, command);
        }
    }

    private void answer(Run run, AboutRun command) {
        if (command instanceof Command.FollowRun) {
            followers.follow(run, command.replyTo());
        } else if (command instanceof Command.ReadRun) {
            recorder.reply(command.replyTo(), new Reply.RunRead(images.of(run)));
        } else if (command instanceof Command.CheckAttempt check) {
            check(run, check);
        } else if (command instanceof Command.CancelRun cancel) {
            cancel(run, cancel);
        } else if (command instanceof Command.NoteRun note) {
            note(run, note);
        } else if (command instanceof Command.SettleTask settle) {
            settle(run, settle);
        } else if (command instanceof Command.Explain explain) {
            explain(run, explain);
        } else if (command instanceof Command.SendSignal send) {
            mail.send(run, send);
        } else if (command instanceof Command.SettleWait settle) {
            mail.bring(run, settle);
        } else if (command instanceof Command.RaiseBudget raise) {
            raises.raise(run, raise);
        } else if (command instanceof Command.AwaitAnswer await) {
            answers.await(await, images.of(run));
        } else if (command instanceof Command.ReplayRun replay) {
            replays.replay(replay, images.of(run));
        }
    }

    void unfollow(Command.Unfollow command) {
        for (long replyTo : command.replyTos()) {
            followers.unfollow(replyTo);
            answers.forget(replyTo);
            for (var commands : waiting.values()) {
                commands.removeIf(waits -> isLasting(waits) && waits.replyTo() == replyTo);
            }
        }
    }

    /** Whether it is answered some day only. */
    private static boolean isLasting(AboutRun command) {
        return command instanceof Command.FollowRun || command instanceof Command.AwaitAnswer;
    }

    private void cancel(Run run, Command.CancelRun command) {
        var state = run.state;
        boolean accepted = !run.hasEnded() && !run.isCleaningUp();
        if (accepted && run.cancelReason.isEmpty()) {
            progress.cancel(run, command.reason().isBlank() ? "no reason given" : command.reason());
        }
        recorder.reply(
                command.replyTo(),
                new Reply.CancelDecided(accepted || !run.cancelReason.isEmpty() && !run.hasEnded(), state));
    }

    private void check(Run run, Command.CheckAttempt command) {
        var attempt = command.attempt();
        var task = run.task(attempt.node(), attempt.element());
        if (run.generation == attempt.generation()
                && task != null
                && task.state.isLive()
                && task.attempt == attempt.attempt()
                && task.worker.id.equals(command.worker())) {
            recorder.reply(command.replyTo(), new Reply.AttemptLive(run.version.ref));
        } else {
            refuseAttempt(command);
        }
    }

    private void refuseAttempt(Command.CheckAttempt command) {
        var attempt = command.attempt();
        recorder.refuse(
                command.replyTo(),
                Attendance.STALE_ATTEMPT,
                "Attempt " + attempt.attempt() + " of node " + attempt.node() + ", element " + attempt.element()
                        + " of run " + attempt.run() + " does not go on at this worker any more.");
    }

    private void note(Run run, Command.NoteRun command) {
        if (!run.hasEnded()) {
            recorder.record(new Fact.RunNoted(run.tenant.id, recorder.now(), run.id, command.what(), command.detail()));
        }
        recorder.reply(command.replyTo(), new Reply.RunNoted(!run.hasEnded()));
    }

    private void settle(Run run, Command.SettleTask command) {
        var task = run.task(command.node(), command.element());
        if (task == null && !run.isPending(command.node(), command.element())) {
            refuseTask(command);
            return;
        }
        var state = task == null ? TaskState.PENDING : task.state;
        boolean accepted = task != null && !state.isFinal();
        if (accepted) {
            var problem = command.settlement() instanceof Settlement.Complete complete
                    ? Progress.unusable(task, complete.result(), complete.elements())
                    : "";
            if (!problem.isEmpty()) {
                recorder.refuse(command.replyTo(), Failure.OUTPUT_INVALID, problem);
                return;
            }
            progress.settle(task, command);
        }
        recorder.reply(command.replyTo(), new Reply.TaskSettled(accepted, state));
    }

    private void refuseTask(Command.SettleTask command) {
        refuseTask(command.replyTo(), command.run(), command.node(), command.element());
    }

    private void refuseTask(long replyTo, RunId run, int node, int element) {
        recorder.refuse(
                replyTo, TASK_NOT_FOUND, "Run " + run + " has no task of node " + node + ", element " + element + ".");
    }

    private void explain(Run run, Command.Explain command) {
        var task = run.task(command.node(), command.element());
        if (task == null && !run.isPending(command.node(), command.element())) {
            refuseTask(command.replyTo(), command.run(), command.node(), command.element());
            return;
        }
        recorder.reply(
                command.replyTo(),
                new Reply.Explained(
                        task == null ? TaskState.PENDING : task.state,
                        task == null
                                ? Waits.ofPending(run, run.node(command.node()))
                                : Waits.of(task, recorder.nowMicros())));
    }

    /** A run that is not in memory is explained from what is stored of it, and stays where it is. */
    private void explain(RunImage image, Command.Explain command) {
        var tenant = memory.tenant(image.tenant());
        var plan = memory.version(tenant, image.version()).plan;
        var ofNode = image.tasks().stream()
                .filter(task -> task.node() == command.node())
                .toList();
        var task = ofNode.stream()
                .filter(each -> each.element() == command.element())
                .findFirst();
        boolean isPending =
                ofNode.isEmpty() && command.element() == 0 && command.node() >= 0 && command.node() < plan.steps;
        if (task.isPresent()) {
            var holds = Waits.ofStored(image, tenant, plan, task.get(), recorder.nowMicros());
            recorder.reply(command.replyTo(), new Reply.Explained(task.get().state(), holds));
        } else if (isPending) {
            var holds = Waits.ofPending(image, plan, plan.nodes[command.node()]);
            recorder.reply(command.replyTo(), new Reply.Explained(TaskState.PENDING, holds));
        } else {
            refuseTask(command.replyTo(), command.run(), command.node(), command.element());
        }
    }

    private void refuse(long replyTo, RunId run) {
        recorder.refuse(replyTo, RUN_NOT_FOUND, "There is no run " + run + ".");
    }

    // ---- runs that are not in memory ----

    private void load(AboutRun command) {
        var name = new RunName(command.tenant(), command.run());
        load(name);
        waiting.computeIfAbsent(name, any -> new ArrayList<>(2)).add(command);
    }

    private void load(RunName name) {
        if (!waiting.containsKey(name) && !visits.containsKey(name)) {
            long load = numbers.next();
            loads.put(load, name);
            memory.asked(load);
            recorder.effect(new Effect.LoadRun(load, name.tenant(), name.run()));
        }
    }

    /** Has something done once a run that is not in memory is there, or is known not to go on: then it is not. */
    void visit(TenantId tenant, RunId run, Runnable then) {
        var name = new RunName(tenant, run);
        load(name);
        visits.computeIfAbsent(name, any -> new ArrayList<>(2)).add(then);
    }

    /**
     * An image arrived. A run that is in memory by now is asked itself; one that was there meanwhile is asked for again, because the image may be
     * older than what became of it.
     *
     * @param catchUp lets happen what came due while a run was out of memory
     */
    void loaded(Command.RunLoaded command, Runnable catchUp) {
        var name = loads.remove(command.load());
        if (name == null) {
            return;
        }
        boolean outdated = memory.hasDeparted(name.run(), command.load());
        memory.answered(command.load());
        var visitors = Optional.ofNullable(visits.remove(name)).orElse(List.of());
        for (var waits : Optional.ofNullable(waiting.remove(name)).orElse(List.of())) {
            if (outdated || memory.runs.containsKey(name.run())) {
                ask(waits);
            } else if (changes(waits) && isActive(command.image())) {
                restore(command.image().get(), catchUp);
                ask(waits);
            } else {
                answer(waits, command.image());
            }
        }
        letIn(visitors, name, outdated, command.image(), catchUp);
    }

    private void letIn(
            List<Runnable> visitors, RunName name, boolean outdated, Optional<RunImage> image, Runnable catchUp) {
        if (visitors.isEmpty()) {
            return;
        }
        boolean there = memory.runs.containsKey(name.run());
        if (outdated && !there) {
            visitors.forEach(visitor -> visit(name.tenant(), name.run(), visitor));
            return;
        }
        if (!there && isActive(image)) {
            restore(image.get(), catchUp);
        }
        visitors.forEach(Runnable::run);
    }

    private void restore(RunImage image, Runnable catchUp) {
        var run = passivation.restore(image, Long.MAX_VALUE);
        catchUp.run();
        passivation.lookAgain(run);
    }

    /** Whether a run has to be in memory for the command. */
    private static boolean changes(AboutRun command) {
        return command instanceof Command.CancelRun
                || command instanceof Command.NoteRun
                || command instanceof Command.SettleTask
                || command instanceof Command.SendSignal
                || command instanceof Command.SettleWait
                || command instanceof Command.RaiseBudget;
    }

    private static boolean isActive(Optional<RunImage> image) {
        return image.isPresent() && !image.get().state().isFinal();
    }

    private void answer(AboutRun waits, Optional<RunImage> image) {
        if (image.isEmpty()) {
            refuse(waits.replyTo(), waits.run());
        } else if (waits instanceof Command.FollowRun && isActive(image)) {
            followers.followAbsent(waits.run(), waits.replyTo());
        } else if (waits instanceof Command.FollowRun) {
            recorder.reply(waits.replyTo(), new Reply.RunEnded(image.get()));
        } else if (waits instanceof Command.AwaitAnswer await) {
            answers.await(await, image.get());
        } else if (waits instanceof Command.ReadRun) {
            recorder.reply(waits.replyTo(), new Reply.RunRead(image.get()));
        } else if (waits instanceof Command.CheckAttempt check) {
            refuseAttempt(check); // a run with an attempt that goes on is in memory
        } else if (waits instanceof Command.CancelRun) {
            recorder.reply(
                    waits.replyTo(), new Reply.CancelDecided(false, image.get().state()));
        } else if (waits instanceof Command.NoteRun) {
            recorder.reply(waits.replyTo(), new Reply.RunNoted(false));
        } else if (waits instanceof Command.SendSignal send) {
            mail.tooLate(send, image.get());
        } else if (waits instanceof Command.SettleWait settle) {
            mail.tooLate(settle, image.get());
        } else if (waits instanceof Command.RaiseBudget raise) {
            raises.tooLate(raise, image.get());
        } else if (waits instanceof Command.ReplayRun replay) {
            replays.replay(replay, image.get());
        } else if (waits instanceof Command.Explain explain) {
            explain(image.get(), explain);
        } else if (waits instanceof Command.SettleTask settle) {
            image.get().tasks().stream()
                    .filter(task -> task.node() == settle.node() && task.element() == settle.element())
                    .findFirst()
                    .ifPresentOrElse(
                            task -> recorder.reply(waits.replyTo(), new Reply.TaskSettled(false, task.state())),
                            () -> refuseTask(settle));
        }
    }
}
