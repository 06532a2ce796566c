package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.Residents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides. It takes commands from the inbox, lets the shards decide them, and hands what they decided to the
 * writer whenever the writer has nothing to store; meanwhile the next round fills. It also fires timers, and takes the images that
 * the projector writes.
 */
final class CoreLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CoreLoop.class);
    /** So many commands are decided before the loop looks around: at the time, at the writer. */
    private static final int COMMANDS_PER_TURN = 64;
    /** A round that holds so many facts waits for the writer before it grows. */
    private static final int MAX_FACTS_PER_ROUND = 50_000;
    /** A shard with more runs in memory than this, or with a good part of the payloads, gets its share of the room. */
    private static final int BUSY = 1_000;

    private static final long LONGEST_SLEEP = Duration.ofSeconds(1).toNanos();
    /** So long who wants to follow a run waits for a shard that is not served. */
    private static final Duration PATIENCE_OF_FOLLOWERS = Duration.ofSeconds(15);

    private final Inbox inbox;
    private final Writer writer;
    private final Recovery recovery;
    private final Waiting waiting;
    private final Sessions sessions;
    private final ShardClock clock;
    private final Storage storage;
    private final Settings.Projection projection;
    private final Settings.Residence residence;

    private final List<Optional<OwnedShard>> shards = new ArrayList<>();
    /** What is decided as soon as a shard is served. */
    private final List<List<Held>> held = new ArrayList<>();

    private final StartsAllowed whereLagIsSmall = new StartsAllowed(false, this::lagIsSmall);

    private volatile int served;

    private Round round = new Round();
    private int factsInRound;
    // Written by the loop's thread alone; others look at it.
    private volatile int lag;
    private volatile Residents residents = Residents.NONE;
    private volatile Optional<Brake> brake = Optional.empty();
    private boolean stopping;
    private long lastCommandAt = System.nanoTime();

    /** A command that waits for its shard. Versions wait for as long as it takes: their rows may have been read before. */
    private record Held(Command command, long since) {}

    CoreLoop(
            int count,
            Inbox inbox,
            Writer writer,
            Recovery recovery,
            Waiting waiting,
            Sessions sessions,
            ShardClock clock,
            Storage storage,
            Settings.Projection projection,
            Settings.Residence residence) {
        this.inbox = inbox;
        this.writer = writer;
        this.recovery = recovery;
        this.waiting = waiting;
        this.sessions = sessions;
        this.clock = clock;
        this.storage = storage;
        this.projection = projection;
        this.residence = residence;
        for (int number = 0; number < count; number++) {
            shards.add(Optional.empty());
            held.add(new ArrayList<>());
        }
    }

    /** How many shards are in memory and answer. */
    int served() {
        return served;
    }

    /** How many changes are not projected yet. */
    int lag() {
        return lag;
    }

    /** What was in memory when something was last decided. */
    Residents residents() {
        return residents;
    }

    /** Why starts wait now, if they do. */
    Optional<Brake> brake() {
        return brake;
    }

    @Override
    public void run() {
        try {
            while (!(stopping && isDone())) {
                turn();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The loop of the shards has failed. This instance serves no more; restart it.", e);
            served = 0;
            throw e;
        }
    }

    private void turn() {
        boolean busy = false;
        for (var message = inbox.takeControl(); message.isPresent(); message = inbox.takeControl()) {
            control(message.get());
            busy = true;
        }
        var now = clock.now();
        var starts = startsAllowed();
        for (int i = 0; i < COMMANDS_PER_TURN && factsInRound < MAX_FACTS_PER_ROUND; i++) {
            var ask = inbox.take(starts);
            if (ask.isEmpty()) {
                break;
            }
            decide(ask.get(), now);
            busy = true;
        }
        if (busy) {
            lastCommandAt = System.nanoTime();
        }
        busy |= fireTimers(now);
        boolean idle =
                !busy && System.nanoTime() - lastCommandAt >= projection.idle().toNanos();
        if (writer.isHungry()) {
            capture(idle);
            if (hasDecided()) {
                handOver();
            }
        }
        if (!busy) {
            dismissFollowers();
            inbox.sleep(sleepNanos(now), starts, () -> hasDecided() && writer.isHungry());
        }
    }

    /** Starts wait when the journal or memory has no room for what they lead to, and in shards whose images lag too far behind. */
    private StartsAllowed startsAllowed() {
        var pulled = Brake.pulled(storage.fill(), residents, residence, lag, projection);
        if (!pulled.equals(brake)) {
            brake = pulled;
            inbox.startsWait(pulled.map(Brake::reason));
        }
        if (pulled.isEmpty()) {
            return StartsAllowed.EVERYWHERE;
        }
        return pulled.get() == Brake.PROJECTION ? whereLagIsSmall : StartsAllowed.NOWHERE;
    }

    /**
     * What cannot be projected in time must not pile up in memory; but a shard whose own share of what waits is small has not caused
     * it, and is not held back for another's sake. So no more than twice the bound can wait.
     */
    private boolean lagIsSmall(int number) {
        return shards.get(number)
                .map(shard -> shard.lag() <= projection.maxLag() / Math.max(1, served))
                .orElse(true);
    }

    // ---- commands ----

    private void decide(Message.Ask ask, Instant now) {
        var shard = shards.get(ask.shard());
        if (shard.isPresent() && !shard.get().lost) {
            decide(shard.get(), ask.command(), now);
        } else {
            unavailable(ask);
        }
    }

    private void decide(OwnedShard shard, Command command, Instant now) {
        if (shard.open.isEmpty()) {
            shard.open = Optional.of(new Batch());
        }
        var batch = shard.open.get();
        int before = batch.facts().size();
        try {
            shard.core.handle(command, now, batch);
            shard.timer = shard.core.nextTimer();
        } catch (RuntimeException e) {
            LOG.error(
                    "A {} could not be decided; {} is recovered.",
                    command.getClass().getSimpleName(),
                    shard,
                    e);
            shard.lost = true;
            lose(shard, "its memory is not to be trusted after an error");
            return;
        }
        int added = batch.facts().size() - before;
        shard.changes += added;
        lag += added;
        factsInRound += added;
    }

    private void unavailable(Message.Ask ask) {
        if (ask.command() instanceof Command.DefineVersion || ask.command() instanceof Command.FollowRun) {
            held.get(ask.shard()).add(new Held(ask.command(), System.nanoTime()));
        } else if (ask.command() instanceof Command.ConnectWorker connect) {
            round.notices.add(() -> sessions.close(
                    connect.session(), "SHARD_UNAVAILABLE", "The shard is not served here right now. Connect again."));
        } else if (ask.replyTo().isPresent()) {
            long replyTo = ask.replyTo().getAsLong();
            round.notices.add(
                    () -> waiting.fail(
                            replyTo,
                            "SHARD_UNAVAILABLE",
                            "The shard is not served here right now: it is being recovered, or another instance holds it. Try again."));
        }
    }

    /** Tells followers of runs whose shard is not served here that they have waited long enough. */
    private void dismissFollowers() {
        long now = System.nanoTime();
        for (var waited : held) {
            waited.removeIf(one -> {
                boolean over = one.command() instanceof Command.FollowRun
                        && now - one.since() > PATIENCE_OF_FOLLOWERS.toNanos();
                if (over) {
                    var follow = (Command.FollowRun) one.command();
                    round.notices.add(() -> waiting.reply(
                            follow.replyTo(),
                            new Reply.Refused(
                                    "UNAVAILABLE",
                                    "The shard of run " + follow.run() + " is not served here right now. Ask again.")));
                }
                return over;
            });
        }
    }

    private boolean fireTimers(Instant now) {
        boolean fired = false;
        for (var entry : shards) {
            if (entry.isPresent() && !entry.get().lost && !stopping) {
                var shard = entry.get();
                if (shard.timer.isPresent() && !shard.timer.get().isAfter(now)) {
                    decide(shard, new Command.Tick(), now);
                    fired = true;
                }
            }
        }
        return fired;
    }

    private long sleepNanos(Instant now) {
        long nanos = LONGEST_SLEEP;
        for (var entry : shards) {
            if (entry.isPresent()) {
                var shard = entry.get();
                if (shard.timer.isPresent()) {
                    var until = Duration.between(now, shard.timer.get());
                    nanos = until.compareTo(Duration.ofSeconds(1)) >= 0
                            ? nanos
                            : Math.min(nanos, Math.max(0, until.toNanos()));
                }
                if (shard.changes > 0 && !shard.projecting) {
                    nanos = Math.min(nanos, Math.max(projection.idle().toNanos(), 1_000_000));
                }
            }
        }
        return nanos;
    }

    // ---- what the other threads say ----

    private void control(Message message) {
        if (message instanceof Message.Answer answer) {
            if (!answer.shard().lost) {
                decide(answer.shard(), answer.command(), clock.now());
            }
        } else if (message instanceof Message.Recovered recovered) {
            serve(recovered.shard());
        } else if (message instanceof Message.Lost lost) {
            lost.shard().lost = true;
            lose(lost.shard(), lost.reason());
        } else if (message instanceof Message.Projected projected) {
            projected(projected.shard(), projected.seq());
        } else if (message instanceof Message.Stop) {
            stopping = true;
        }
    }

    private void serve(OwnedShard shard) {
        shards.set(shard.number, Optional.of(shard));
        served++;
        lag += shard.changes;
        writer.serve(shard);
        shard.timer = shard.core.nextTimer();
        var waited = held.get(shard.number);
        waited.forEach(one -> decide(shard, one.command(), clock.now()));
        waited.clear();
        LOG.debug("Serving {} with {} runs in memory.", shard, shard.core.residentRuns());
    }

    /** Forgets a shard with everybody who waits for it, and has it recovered. Nothing that it decided and did not store is told. */
    private void lose(OwnedShard shard, String reason) {
        if (shards.get(shard.number).filter(served -> served == shard).isEmpty()) {
            return; // said by two threads
        }
        LOG.warn("{} is given up: {}.", shard, reason);
        shards.set(shard.number, Optional.empty());
        served--;
        lag -= shard.changes + shard.changesInPass;
        writer.forget(shard);
        int number = shard.number;
        round.notices.add(() -> {
            waiting.ownerChanged(number);
            sessions.ownerChanged(number);
        });
        if (!stopping) {
            recovery.recover(number);
        }
    }

    // ---- rounds ----

    private void handOver() {
        for (var entry : shards) {
            if (entry.isPresent() && entry.get().open.isPresent()) {
                close(entry.get());
            }
        }
        writer.take(round);
        countRuns();
        round = new Round();
        factsInRound = 0;
    }

    private void countRuns() {
        var all = Residents.NONE;
        int busy = 0;
        for (var entry : shards) {
            if (entry.isPresent()) {
                var ofShard = entry.get().core.residents();
                all = all.and(ofShard);
                busy += ofShard.runs() > BUSY || ofShard.payloadBytes() > residence.payloadBytes() / 16 ? 1 : 0;
            }
        }
        residents = all;
        for (var entry : shards) {
            if (entry.isPresent()) {
                entry.get().core.shareRoom(Math.max(1, busy));
            }
        }
    }

    /** Ends the open batch of a shard: it becomes part of the round. */
    private void close(OwnedShard shard) {
        var batch = shard.open.orElseThrow();
        shard.open = Optional.empty();
        if (!shard.lost && !batch.isEmpty()) {
            if (!batch.facts().isEmpty()) {
                shard.seq++;
            }
            round.parts.add(new Round.Part(shard, shard.seq, batch));
        }
    }

    // ---- images ----

    private void capture(boolean idle) {
        long now = System.nanoTime();
        for (var entry : shards) {
            if (entry.isPresent()) {
                var shard = entry.get();
                if (shard.changes > 0 && !shard.projecting && !shard.lost && isDue(shard, idle, now)) {
                    capture(shard, now);
                }
            }
        }
    }

    private boolean isDue(OwnedShard shard, boolean idle, long now) {
        return idle
                || stopping
                || shard.changes >= projection.maxChanges()
                || now - shard.capturedAt >= projection.every().toNanos();
    }

    private void capture(OwnedShard shard, long now) {
        if (shard.open.isPresent()) {
            close(shard);
        }
        try {
            round.captures.add(
                    new Round.Capture(shard, shard.projectedSeq, shard.seq, shard.core.image(), shard.core.capture()));
        } catch (RuntimeException e) {
            LOG.error("The images of {} could not be taken.", shard, e);
            shard.lost = true;
            lose(shard, "its memory is not to be trusted after an error");
            return;
        }
        shard.projecting = true;
        shard.capturedAt = now;
        shard.changesInPass = shard.changes;
        shard.changes = 0;
    }

    private void projected(OwnedShard shard, long seq) {
        if (shard.lost) {
            return;
        }
        shard.core.projected();
        countRuns();
        shard.projectedSeq = seq;
        shard.projecting = false;
        lag -= shard.changesInPass;
        shard.changesInPass = 0;
    }

    /** Whether there is something to hand over. */
    private boolean hasDecided() {
        return !round.isEmpty()
                || shards.stream()
                        .anyMatch(entry -> entry.isPresent() && entry.get().open.isPresent());
    }

    private boolean isDone() {
        return inbox.size() == 0
                && !hasDecided()
                && writer.isHungry()
                && shards.stream().flatMap(Optional::stream).noneMatch(shard -> shard.changes > 0 || shard.projecting);
    }
}
