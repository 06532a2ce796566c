package dev.millrace.engine.core;

import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Follows, reads and cancels runs; those that are not in memory wait until their image is loaded. */
final class Inquiries {
    static final String RUN_NOT_FOUND = "RUN_NOT_FOUND";

    private record RunName(TenantId tenant, RunId run) {}

    private final Memory memory;
    private final Recorder recorder;
    private final Progress progress;
    private final Images images;
    private final Followers followers;
    private final LoadNumbers numbers;

    /** Commands that wait for an image, in the order in which they came. */
    private final Map<RunName, List<Command>> waiting = new HashMap<>();

    private final Map<Long, RunName> loads = new HashMap<>();

    Inquiries(
            Memory memory,
            Recorder recorder,
            Progress progress,
            Images images,
            Followers followers,
            LoadNumbers numbers) {
        this.memory = memory;
        this.recorder = recorder;
        this.progress = progress;
        this.images = images;
        this.followers = followers;
        this.numbers = numbers;
    }

    void follow(Command.FollowRun command) {
        var run = memory.runs.get(command.run());
        if (run == null) {
            load(command.tenant(), command.run(), command);
        } else if (run.tenant.id.equals(command.tenant())) {
            followers.follow(run, command.replyTo());
        } else {
            refuse(command.replyTo(), command.run());
        }
    }

    void unfollow(Command.Unfollow command) {
        for (long replyTo : command.replyTos()) {
            followers.unfollow(replyTo);
            for (var commands : waiting.values()) {
                commands.removeIf(waits -> waits instanceof Command.FollowRun follow && follow.replyTo() == replyTo);
            }
        }
    }

    void read(Command.ReadRun command) {
        var run = memory.runs.get(command.run());
        if (run == null) {
            load(command.tenant(), command.run(), command);
        } else if (run.tenant.id.equals(command.tenant())) {
            recorder.reply(command.replyTo(), new Reply.RunRead(images.of(run)));
        } else {
            refuse(command.replyTo(), command.run());
        }
    }

    void cancel(Command.CancelRun command) {
        var run = memory.runs.get(command.run());
        if (run == null) {
            load(command.tenant(), command.run(), command);
        } else if (!run.tenant.id.equals(command.tenant())) {
            refuse(command.replyTo(), command.run());
        } else {
            var state = run.state;
            boolean accepted = !run.hasEnded() && !run.isCleaningUp();
            if (accepted && run.cancelReason.isEmpty()) {
                progress.cancel(run, command.reason().isBlank() ? "no reason given" : command.reason());
            }
            recorder.reply(
                    command.replyTo(),
                    new Reply.CancelDecided(accepted || !run.cancelReason.isEmpty() && !run.hasEnded(), state));
        }
    }

    private void refuse(long replyTo, RunId run) {
        recorder.refuse(replyTo, RUN_NOT_FOUND, "There is no run " + run + ".");
    }

    // ---- runs that are not in memory ----

    private void load(TenantId tenant, RunId run, Command command) {
        var name = new RunName(tenant, run);
        var commands = waiting.get(name);
        if (commands == null) {
            commands = new ArrayList<>(2);
            waiting.put(name, commands);
            long load = numbers.next();
            loads.put(load, name);
            recorder.effect(new Effect.LoadRun(load, tenant, run));
        }
        commands.add(command);
    }

    /**
     * An image arrived. A run that is in memory by now is asked itself; an image of an active run that is not is older than
     * the run's end, and is asked for again.
     */
    void loaded(Command.RunLoaded command) {
        var name = loads.remove(command.load());
        if (name == null) {
            return;
        }
        boolean resident = memory.runs.containsKey(name.run());
        boolean outdated =
                command.image().filter(image -> !image.state().isFinal()).isPresent();
        for (var waits : waiting.remove(name)) {
            if (!resident && !outdated) {
                answer(waits, name.run(), command.image());
            } else if (waits instanceof Command.FollowRun follow) {
                follow(follow);
            } else if (waits instanceof Command.ReadRun read) {
                read(read);
            } else if (waits instanceof Command.CancelRun cancel) {
                cancel(cancel);
            }
        }
    }

    private void answer(Command waits, RunId run, Optional<RunImage> image) {
        if (waits instanceof Command.FollowRun follow) {
            answer(follow.replyTo(), run, image.map(Reply.RunEnded::new));
        } else if (waits instanceof Command.ReadRun read) {
            answer(read.replyTo(), run, image.map(Reply.RunRead::new));
        } else if (waits instanceof Command.CancelRun cancel) {
            answer(cancel.replyTo(), run, image.map(found -> new Reply.CancelDecided(false, found.state())));
        }
    }

    private void answer(long replyTo, RunId run, Optional<? extends Reply> reply) {
        reply.ifPresentOrElse(found -> recorder.reply(replyTo, found), () -> refuse(replyTo, run));
    }
}
