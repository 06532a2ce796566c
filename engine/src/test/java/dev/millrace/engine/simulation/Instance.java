package dev.millrace.engine.simulation;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Batch;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.harness.RandomTerms;
import dev.millrace.manifest.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** An instance of the control plane: it takes shards over by lease, and is the door of workers and clients. */
final class Instance extends Actor {
    private static final long SILENCE = 6 * Timeline.SECOND;
    private static final long LONGEST_DRAIN = 20 * Timeline.SECOND;
    private static final long LARGEST_CORRECTION = 500 * Timeline.MILLI;

    private static final class Session {
        final long number;
        final WorkerProcess worker;
        final Stream stream;
        final int shard;
        long heard;

        Session(long number, WorkerProcess worker, Stream stream, int shard, long heard) {
            this.number = number;
            this.worker = worker;
            this.stream = stream;
            this.shard = shard;
            this.heard = heard;
        }
    }

    /** A start as a client wants it. */
    record Wanted(
            dev.millrace.engine.VersionRef version, String input, Optional<String> key, Optional<Duration> deadline) {}

    private final World world;
    private final Dice dice;
    private final ShardSettings settings;
    private final Map<Integer, Owned> shards = new LinkedHashMap<>();
    private final Set<Integer> recovering = new HashSet<>();
    private final Map<Long, Session> sessions = new LinkedHashMap<>();
    private final Map<Stream, Session> byStream = new HashMap<>();
    private final Map<Long, Consumer<Reply>> waiting = new HashMap<>();
    private UUID owner = new UUID(0, 0);
    private long skew;
    private long correction;
    private boolean corrected;
    private boolean leaving;
    private long numbers;

    Instance(World world, int number) {
        super("instance-" + number);
        this.world = world;
        this.dice = world.dice(name());
        this.settings = new ShardSettings(
                Duration.ofMillis(world.layout().acceptLeaseMillis()),
                Duration.ofMillis(world.layout().graceMillis()),
                100_000,
                new ShardSettings.Residence(
                        world.layout().readyTasks(),
                        1,
                        world.layout().perLoad(),
                        Duration.ofMillis(world.layout().nearbyMillis()),
                        world.layout().payloadBytes()));
    }

    @Override
    void booted() {
        owner = new UUID(dice.random().nextLong(), dice.random().nextLong());
        int most = world.layout().maxSkewMillis();
        skew = dice.between(-most, most) * Timeline.MILLI;
        correction = 0;
        corrected = false;
        leaving = false;
        contend();
        lookAround();
    }

    @Override
    void crashed() {
        var gone = owner;
        if (dice.chance(0.7)) {
            world.time().in(50 * Timeline.MILLI, world, () -> world.database().forget(gone));
        }
        for (var session : sessions.values()) {
            if (dice.chance(0.8)) {
                world.time().in(world.messageDelay(), session.worker, () -> session.worker.ended(session.stream));
            }
        }
        shards.values().forEach(Owned::lose);
        shards.clear();
        recovering.clear();
        sessions.clear();
        byStream.clear();
        waiting.clear();
    }

    // ---- its clock ----

    Instant now() {
        return World.instant(world.time().now() + skew + correction);
    }

    /** The database said what time it is; moves by small steps but for the first. */
    void correct(long shared, long asked) {
        long middle = (asked + world.time().now()) / 2;
        long step = shared - (middle + skew + correction);
        if (corrected) {
            step = Math.max(-LARGEST_CORRECTION, Math.min(LARGEST_CORRECTION, step));
        }
        correction += step;
        corrected = true;
    }

    // ---- shards ----

    private void contend() {
        if (leaving) {
            return;
        }
        for (int number = 0; number < world.layout().shards(); number++) {
            if (!shards.containsKey(number) && recovering.add(number)) {
                takeOver(number);
            }
        }
        world.time().in(dice.between(200, 1_000) * Timeline.MILLI, this, this::contend);
    }

    private void takeOver(int number) {
        var database = world.database();
        long asked = world.time().now();
        database.call(
                this,
                () -> database.open(number, owner),
                opened -> {
                    correctFirst(asked);
                    database.call(
                            this,
                            () -> database.snapshots().open(number, opened.epoch()),
                            position -> readImages(number, opened, position),
                            why -> recovering.remove(number));
                },
                why -> recovering.remove(number));
    }

    /** Opening a shard tells the time, too: nobody decides anything by a clock that was never compared. */
    private void correctFirst(long asked) {
        if (!corrected) {
            correct((asked + world.time().now()) / 2, asked);
        }
    }

    private void readImages(int number, Journal.Opened opened, Snapshots.Position position) {
        var database = world.database();
        database.call(
                this,
                () -> {
                    var tail = database.tail(number, position.seq());
                    var images = new ArrayList<dev.millrace.engine.RunImage>();
                    database.snapshots().residentRuns(number, images::add);
                    var named = new LinkedHashSet<Snapshots.RunName>();
                    tail.forEach(entry -> named.addAll(Shard.runsOf(entry.facts())));
                    database.snapshots().activeRuns(number, named, images::add);
                    return new Stored(position, database.snapshots().lanes(number), images, tail);
                },
                stored -> serve(number, opened, stored),
                why -> recovering.remove(number));
    }

    private static Command.DefineVersion withoutLimits(Command.DefineVersion definition) {
        var manifest = definition.manifest();
        var steps = manifest.steps().stream()
                .map(step -> step.toBuilder().sharing(Sharing.NONE).build())
                .toList();
        return new Command.DefineVersion(
                definition.tenant(),
                definition.service(),
                definition.version(),
                manifest.toBuilder().sharing(Sharing.NONE).steps(steps).build());
    }

    /** What a recovery reads of a shard. */
    private record Stored(
            Snapshots.Position position,
            List<Snapshots.LaneCount> lanes,
            List<dev.millrace.engine.RunImage> images,
            List<Journal.Entry> tail) {}

    private void serve(int number, Journal.Opened opened, Stored stored) {
        if (leaving) {
            giveBack(number, opened.epoch());
            return;
        }
        var tail = stored.tail();
        var core = new Shard(number, settings);
        for (var definition : world.definitions(number)) {
            core.handle(world.has(Flaw.LIMITS_NOT_TOLD) ? withoutLimits(definition) : definition, now(), new Batch());
        }
        for (var tenant : world.tenants(number)) {
            if (!world.has(Flaw.CONFIG_NOT_READ)) {
                core.handle(new Command.ConfigChanged(tenant, world.config(tenant)), now(), new Batch());
            }
        }
        var image = stored.position().shard();
        core.restore(world.has(Flaw.BUCKETS_FORGOTTEN) ? new ShardImage(image.clock(), List.of()) : image);
        if (!world.has(Flaw.QUEUES_NOT_COUNTED)) {
            core.queued(stored.lanes());
        }
        stored.images().forEach(core::restore);
        if (!tail.isEmpty()) {
            world.hit(Probe.ORPHAN_TAIL_REPLAYED);
        }
        if (!world.has(Flaw.TAIL_NOT_READ)) {
            tail.forEach(entry -> entry.facts().forEach(core::replay));
        }
        core.recovered(now());
        recovering.remove(number);
        var owned = new Owned(world, this, number, opened, stored.position().seq(), core);
        world.tenants(number).forEach(tenant -> owned.heard(tenant, world.config(tenant)));
        shards.put(number, owned);
        world.time().in(Timeline.SECOND, this, owned::renew);
    }

    /** The shard is not this instance's any more, or may not be: everybody who waits for it starts anew. */
    void lose(Owned shard) {
        shard.lose();
        sendAway(shard);
    }

    private void sendAway(Owned shard) {
        if (shards.remove(shard.number(), shard)) {
            for (var session : List.copyOf(sessions.values())) {
                if (session.shard == shard.number()) {
                    forget(session);
                    session.stream.toCaller(() -> session.worker.ended(session.stream));
                    session.stream.sever();
                }
            }
        }
    }

    /** Gives a shard to whoever wants it. */
    void handOver() {
        shards.values().stream().findFirst().ifPresent(shard -> {
            lose(shard);
            giveBack(shard.number(), shard.epoch());
        });
    }

    /** People have set something; it reads what. */
    void configChanged(TenantId tenant) {
        shardOf(tenant).ifPresent(shard -> shard.decide(new Command.ConfigChanged(tenant, world.config(tenant))));
    }

    /**
     * Stops in good order: takes nothing more, has everything stored and projected, gives its shards back, and is started again later.
     * It does not wait for ever: a shard that could not be given back is found by its lease.
     */
    void drain() {
        leaving = true;
        int life = life();
        for (var shard : List.copyOf(shards.values())) {
            sendAway(shard);
            shard.drain(() -> {
                world.hit(Probe.OWNER_DRAINED);
                world.database()
                        .call(
                                this,
                                () -> world.database()
                                        .releaseDrained(shard.number(), shard.epoch(), shard.projectedSeq()),
                                done -> {},
                                why -> {});
            });
        }
        world.time().in(LONGEST_DRAIN, world, () -> {
            if (life() == life) {
                crash();
                world.time().in(dice.between(50, 8_000) * Timeline.MILLI, world, this::boot);
            }
        });
    }

    private void giveBack(int number, long epoch) {
        world.database().call(this, () -> world.database().release(number, epoch), done -> {}, why -> {});
    }

    private Optional<Owned> shardOf(TenantId tenant) {
        return Optional.ofNullable(shards.get(world.shardOf(tenant)));
    }

    // ---- workers ----

    private void lookAround() {
        for (var session : List.copyOf(sessions.values())) {
            if (world.time().now() - session.heard > SILENCE) {
                world.hit(Probe.WORKER_SILENT);
                session.stream.sever();
                end(session);
            }
        }
        world.time().in(500 * Timeline.MILLI, this, this::lookAround);
    }

    void hello(Stream stream, WorkerProcess worker, TenantId tenant, WorkerInfo info, List<AttemptRef> running) {
        var shard = shardOf(tenant);
        if (shard.isEmpty()) {
            stream.toCaller(() -> worker.ended(stream));
            stream.sever();
            return;
        }
        var session = new Session(
                number(), worker, stream, shard.get().number(), world.time().now());
        sessions.put(session.number, session);
        byStream.put(stream, session);
        shard.get().decide(new Command.ConnectWorker(session.number, tenant, info, running));
    }

    void says(
            Stream stream,
            List<AttemptRef> accepted,
            List<Command.Completion> completions,
            List<AttemptRef> returned,
            boolean draining) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            decide(
                    session.shard,
                    new Command.WorkerSays(session.number, accepted, forged(completions), returned, draining));
        }
    }

    /** With {@link Flaw#ANY_ATTEMPT_COMPLETES} the door does not pass on which attempt a completion is of, and the newest gets it. */
    private List<Command.Completion> forged(List<Command.Completion> completions) {
        if (!world.has(Flaw.ANY_ATTEMPT_COMPLETES)) {
            return completions;
        }
        return completions.stream()
                .map(completion -> new Command.Completion(
                        completion.sequence(),
                        world.judge().newest(completion.attempt()),
                        completion.outcome(),
                        completion.spent()))
                .toList();
    }

    void extend(Stream stream, AttemptRef attempt, Duration more) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            decide(session.shard, new Command.ExtendTimeout(session.number, attempt, more));
        }
    }

    void store(Stream stream, AttemptRef attempt, Command.NewCheckpoint made) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            decide(session.shard, new Command.StoreCheckpoints(session.number, attempt, List.of(made)));
        }
    }

    void spent(Stream stream, AttemptRef attempt, Spent spent) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            decide(session.shard, new Command.ReportSpent(session.number, attempt, spent));
        }
    }

    void suspend(Stream stream, AttemptRef attempt, int seen, Spent spent) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            decide(session.shard, new Command.SuspendAttempt(session.number, attempt, seen, spent));
        }
    }

    void releaseSlots(Stream stream, AttemptRef attempt) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            decide(session.shard, new Command.ReleaseSlots(session.number, attempt));
        }
    }

    void heard(Stream stream) {
        var session = byStream.get(stream);
        if (session != null) {
            session.heard = world.time().now();
        }
    }

    void heartbeat(Stream stream) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            stream.toCaller(() -> session.worker.heard(stream));
        }
    }

    /** A worker's stream ended. */
    void ended(Stream stream) {
        var session = byStream.get(stream);
        if (session != null) {
            end(session);
        }
    }

    private void end(Session session) {
        forget(session);
        decide(session.shard, new Command.DisconnectWorker(session.number));
    }

    private void forget(Session session) {
        sessions.remove(session.number);
        byStream.remove(session.stream);
    }

    private void decide(int shard, Command command) {
        var owned = shards.get(shard);
        if (owned != null) {
            owned.decide(command);
        }
    }

    // ---- clients ----

    /** Starts runs; false when the shard is not here. */
    boolean start(TenantId tenant, UUID request, boolean mayBeKnown, List<Wanted> wanted, Consumer<Reply> answer) {
        return ask(tenant, answer, replyTo -> {
            var starts = new ArrayList<Command.RunStart>();
            for (int i = 0; i < wanted.size(); i++) {
                starts.add(start(request, i, wanted.get(i)));
            }
            return new Command.StartRuns(replyTo, tenant, request, mayBeKnown, starts);
        });
    }

    private Command.RunStart start(UUID request, int index, Wanted wanted) {
        var run = new RunId(new UUID(0x0193_0000_0000_7000L, dice.random().nextLong()));
        world.judge().made(run, request, index);
        return new Command.RunStart(
                run,
                wanted.version(),
                dev.millrace.engine.harness.EngineHarness.payload(wanted.input()),
                wanted.key(),
                wanted.key().isPresent() ? wanted.input() : "",
                dev.millrace.engine.Priority.values()[dice.below(4)],
                Map.of(),
                wanted.deadline(),
                0,
                RandomTerms.atStart(dice.random(), 6));
    }

    /** Asks the shard of a tenant; false when it is not here. */
    boolean ask(TenantId tenant, Consumer<Reply> answer, java.util.function.LongFunction<Command> command) {
        var shard = shardOf(tenant);
        if (shard.isEmpty()) {
            return false;
        }
        long replyTo = number();
        waiting.put(replyTo, answer);
        shard.get().decide(command.apply(replyTo));
        return true;
    }

    private long number() {
        return ++numbers;
    }

    // ---- effects ----

    private static Effect withoutCheckpoints(Effect effect) {
        if (!(effect instanceof Effect.Assign assign)) {
            return effect;
        }
        var of = assign.assignment();
        return new Effect.Assign(
                assign.session(),
                new Effect.Assignment(
                        of.attempt(),
                        of.tenant(),
                        of.version(),
                        of.step(),
                        of.arguments(),
                        of.timeout(),
                        of.retriesLeft(),
                        of.metadata(),
                        of.runStarted(),
                        of.failure(),
                        of.startsWhenConfirmed(),
                        Checkpoints.NONE,
                        of.call()));
    }

    void release(Effect effect) {
        if (effect instanceof Effect.Reply reply) {
            var answer = waiting.remove(reply.replyTo());
            if (answer != null) {
                answer.accept(reply.reply());
            }
            return;
        }
        var session = effect instanceof Effect.OfSession told ? sessions.get(told.session()) : null;
        if (session == null) {
            return;
        }
        if (pausedUntil() > 0 && world.time().now() - pausedUntil() < Timeline.SECOND) {
            world.hit(Probe.PAUSED_OWNER_SPOKE);
        }
        var heard = world.has(Flaw.CHECKPOINTS_LEFT_OUT) ? withoutCheckpoints(effect) : effect;
        session.stream.toCaller(() -> session.worker.told(session.stream, heard));
        if (effect instanceof Effect.CloseWorker) {
            world.hit(Probe.WORKER_REPLACED);
            forget(session);
            session.stream.sever();
        }
    }
}
