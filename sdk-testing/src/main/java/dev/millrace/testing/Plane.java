package dev.millrace.testing;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.memory.InMemoryJournal;
import dev.millrace.engine.memory.InMemorySnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * A control plane without doors and database: one shard on the in-memory journal. What is stored is stored before it has effects,
 * as in the real one. For one thread, which is the test's; steps run on it too, and may call back into this.
 */
final class Plane {
    static final TenantId TENANT = new TenantId(new UUID(1, 1));
    private static final ServiceId SERVICE = new ServiceId(new UUID(1, 2));
    private static final int SHARD = 0;
    /** So many decisions at one instant mean that something goes in circles. */
    private static final int MOST_AT_ONCE = 2_000_000;

    private final TurnedClock clock;
    private final InMemoryJournal journal = new InMemoryJournal();
    private final InMemorySnapshots snapshots = new InMemorySnapshots(journal);
    private final Map<String, Version> versions = new HashMap<>();
    private final Map<Long, Consumer<Effect>> sessions = new HashMap<>();
    private final Map<Long, Reply> replies = new HashMap<>();
    private final ArrayDeque<Command> commands = new ArrayDeque<>();
    private final ArrayDeque<Runnable> effects = new ArrayDeque<>();
    /** What workers have to say; asynchronous steps say it on threads of their own. */
    private final LinkedBlockingQueue<Runnable> told = new LinkedBlockingQueue<>();

    private final Occurrences occurrences =
            new Occurrences(version -> versions.get(version.workflow()).manifest());

    private Shard shard;
    private long epoch;
    private long seq;
    private long lastSession;
    private long lastReply;
    private long lastRun;
    private final EmittedItems items = new EmittedItems();

    Plane(TurnedClock clock) {
        this.clock = clock;
        recover();
    }

    // ---- what there is ----

    /** Makes a version known; one that is known already stays as it is. */
    void define(Version version) {
        if (versions.putIfAbsent(version.manifest().workflow(), version) == null) {
            send(define(version.manifest().workflow()));
        }
    }

    private Command define(String workflow) {
        var version = versions.get(workflow);
        return new Command.DefineVersion(TENANT, SERVICE, version.ref(), version.manifest());
    }

    Optional<Version> version(String workflow) {
        return Optional.ofNullable(versions.get(workflow));
    }

    List<Version> versions() {
        return List.copyOf(versions.values());
    }

    /** An id that says when the run began, as real ones do, and is the same whenever the test is repeated. */
    RunId newRun() {
        long millis = clock.instant().toEpochMilli();
        return new RunId(new UUID(millis << 16 | 0x7000L, 0x8000_0000_0000_0000L | ++lastRun));
    }

    /** What steps emit; it is stored beside the journal. */
    EmittedItems items() {
        return items;
    }

    /** The time of the test. */
    Instant now() {
        return clock.instant();
    }

    long newSession(Consumer<Effect> worker) {
        sessions.put(++lastSession, worker);
        return lastSession;
    }

    void closeSession(long session) {
        sessions.remove(session);
    }

    // ---- commands ----

    /** Sends a command that is answered at once, and returns the answer. */
    Reply ask(LongFunction<? extends Command> command) {
        long replyTo = ++lastReply;
        send(command.apply(replyTo));
        return Optional.ofNullable(replies.remove(replyTo))
                .orElseThrow(() -> new IllegalStateException("The engine did not answer."));
    }

    void send(Command command) {
        queue(command);
        settle();
    }

    /** Leaves a command to whoever settles next: what is said while attempts are handed out must not run the others first. */
    void queue(Command command) {
        commands.add(command);
    }

    /** May be called on any thread: the body runs on the test's, when it looks. */
    void tell(Runnable body) {
        told.add(body);
    }

    /** Decides all that there is to decide at this instant, and runs all attempts that are handed out. */
    void settle() {
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            if (!commands.isEmpty()) {
                decide(commands.remove());
            } else if (!effects.isEmpty()) {
                effects.remove().run();
            } else if (!told.isEmpty()) {
                told.remove().run();
            } else {
                return;
            }
        }
        throw new IllegalStateException("This does not come to an end: " + MOST_AT_ONCE
                + " decisions were made at one instant. Does a step start a run of its own workflow?");
    }

    /** Waits, by the machine's clock, until an asynchronous step has been answered on another thread. */
    void awaitTold(Duration limit) {
        try {
            var body = told.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (body != null) {
                body.run();
                settle();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The test was interrupted while it waited for an asynchronous step.", e);
        }
    }

    private void decide(Command command) {
        decided(command).effects().forEach(this::release);
    }

    private Batch decided(Command command) {
        var batch = new Batch();
        shard.handle(command, clock.instant(), batch);
        store(batch.facts());
        return batch;
    }

    /**
     * Decides a command before all others, for code that cannot go on without; what else comes of it waits its turn.
     *
     * @return what is for the stream of that session
     */
    List<Effect.OfSession> decideNow(Command command, long session) {
        var own = new ArrayList<Effect.OfSession>();
        for (var effect : decided(command).effects()) {
            if (effect instanceof Effect.OfSession toWorker
                    && toWorker.session() == session
                    && Checkpoints.isNews(toWorker)) {
                own.add(toWorker);
            } else {
                release(effect);
            }
        }
        return own;
    }

    /** How a run stands, for code that cannot go on without; nothing else happens meanwhile. */
    RunImage readNow(RunId run) {
        long replyTo = ++lastReply;
        decideNow(new Command.ReadRun(replyTo, TENANT, run), 0);
        if (replies.remove(replyTo) instanceof Reply.RunRead read) {
            return read.image();
        }
        throw new IllegalStateException("There is no run " + run + ".");
    }

    private void store(List<Fact> facts) {
        if (!facts.isEmpty()) {
            journal.append(List.of(new Journal.Entry(SHARD, epoch, ++seq, facts)));
        }
    }

    private void release(Effect effect) {
        if (effect instanceof Effect.Reply reply) {
            replies.put(reply.replyTo(), reply.reply());
        } else if (effect instanceof Effect.LoadKeys load) {
            commands.add(new Command.KeysLoaded(load.load(), snapshots.keys(load.keys())));
        } else if (effect instanceof Effect.LoadRun load) {
            commands.add(new Command.RunLoaded(load.load(), snapshots.run(load.tenant(), load.run())));
        } else if (effect instanceof Effect.DecideStep question) {
            commands.add(
                    Decisions.decide(question, versions.get(question.version().workflow())));
        } else if (effect instanceof Effect.GatherInput question) {
            commands.add(
                    Decisions.gather(question, versions.get(question.version().workflow())));
        } else if (effect instanceof Effect.Awaits awaits) {
            commands.addAll(occurrences.heard(awaits));
        } else if (effect instanceof Effect.OfSession toWorker) {
            effects.add(() -> deliver(toWorker.session(), toWorker));
        }
    }

    /** To the worker of a stream, unless the stream has broken meanwhile. */
    private void deliver(long session, Effect effect) {
        Optional.ofNullable(sessions.get(session)).ifPresent(worker -> worker.accept(effect));
    }

    // ---- time ----

    /** Lets time pass: whatever is due on the way happens at its own instant. */
    void advance(Duration duration) {
        settle();
        var end = clock.instant().plus(duration);
        while (step(end)) {
            // one timer after the other
        }
        clock.turnTo(end);
        send(new Command.Tick());
    }

    /** Turns the clock to the next timer, if there is one until then. */
    boolean step(Instant end) {
        var next = shard.nextTimer().filter(due -> !due.isAfter(end));
        next.ifPresent(due -> {
            clock.turnTo(due);
            send(new Command.Tick());
        });
        return next.isPresent();
    }

    // ---- crashes ----

    /** The process dies, and another one recovers from the journal. Sessions are gone; workers have to connect anew. */
    void crash() {
        commands.clear();
        effects.clear();
        sessions.clear();
        recover();
    }

    private void recover() {
        shard = new Shard(SHARD, ShardSettings.DEFAULT);
        for (var workflow : versions.keySet().stream().sorted().toList()) {
            shard.handle(define(workflow), clock.instant(), new Batch());
        }
        var opened = journal.open(SHARD, new UUID(1, 3));
        epoch = opened.epoch();
        seq = opened.lastSeq();
        snapshots.open(SHARD, epoch);
        journal.read(SHARD, 0, entry -> entry.facts().forEach(shard::replay));
        shard.recovered(clock.instant());
        shard.awaits().forEach(awaits -> commands.addAll(occurrences.heard(awaits)));
    }

    /** What runs ask people. */
    List<Occurrences.Asked> asked() {
        return occurrences.asked();
    }

    /** An event happens. */
    void publish(String name, byte[] json) {
        commands.addAll(occurrences.published(name, json, clock.instant()));
        settle();
    }
}
