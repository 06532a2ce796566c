package dev.millrace.engine.simulation;

import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.harness.RandomTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** An instance of the control plane: it takes shards over by lease, and is the door of workers and clients. */
final class Instance extends Actor {
    private static final long LONGEST_DRAIN = 20 * Timeline.SECOND;
    private static final long LARGEST_CORRECTION = 500 * Timeline.MILLI;

    /** A start as a client wants it. */
    record Wanted(
            dev.millrace.engine.VersionRef version,
            String input,
            Optional<String> key,
            Optional<Duration> deadline,
            Map<String, String> metadata) {}

    private final World world;
    private final Dice dice;
    private final ShardSettings settings;
    private final Map<Integer, Owned> shards = new LinkedHashMap<>();
    private final Set<Integer> recovering = new HashSet<>();
    private final WorkerDoor workers;
    private final Takeover takeover;
    private final Postman postman;
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
        this.workers = new WorkerDoor(world, this);
        this.takeover = new Takeover(world, this);
        this.postman = new Postman(world, this);
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
        workers.lookAround();
        postman.goRound();
    }

    @Override
    void crashed() {
        var gone = owner;
        if (dice.chance(0.7)) {
            world.time().in(50 * Timeline.MILLI, world, () -> world.database().forget(gone));
        }
        workers.crashed();
        postman.forget();
        shards.values().forEach(Owned::lose);
        shards.clear();
        recovering.clear();
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

    /** Opening a shard tells the time, too: nobody decides anything by a clock that was never compared. */
    void correctFirst(long asked) {
        if (!corrected) {
            correct((asked + world.time().now()) / 2, asked);
        }
    }

    // ---- shards ----

    UUID owner() {
        return owner;
    }

    ShardSettings settings() {
        return settings;
    }

    /** Whether it stops in good order. */
    boolean isLeaving() {
        return leaving;
    }

    /** It owns a shard now. */
    void serves(Owned shard, List<Effect.Awaits> awaits) {
        awaits.forEach(postman::hear);
        recovering.remove(shard.number());
        shards.put(shard.number(), shard);
    }

    /** It could not become the owner, and may try again. */
    void notServed(int number) {
        recovering.remove(number);
    }

    private void contend() {
        if (leaving) {
            return;
        }
        for (int number = 0; number < world.layout().shards(); number++) {
            if (!shards.containsKey(number) && recovering.add(number)) {
                takeover.begin(number);
            }
        }
        world.time().in(dice.between(200, 1_000) * Timeline.MILLI, this, this::contend);
    }

    /** The shard is not this instance's any more, or may not be: everybody who waits for it starts anew. */
    void lose(Owned shard) {
        shard.lose();
        sendAway(shard);
    }

    private void sendAway(Owned shard) {
        if (shards.remove(shard.number(), shard)) {
            workers.sendAway(shard.number());
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

    void giveBack(int number, long epoch) {
        world.database().call(this, () -> world.database().release(number, epoch), done -> {}, why -> {});
    }

    Optional<Owned> shardOf(TenantId tenant) {
        return Optional.ofNullable(shards.get(world.shardOf(tenant)));
    }

    void decide(int shard, Command command) {
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
                wanted.metadata(),
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

    /** A number that nothing else of this instance has. */
    long number() {
        return ++numbers;
    }

    // ---- effects ----

    void release(Effect effect) {
        if (effect instanceof Effect.Reply reply) {
            var answer = waiting.remove(reply.replyTo());
            if (answer != null) {
                answer.accept(reply.reply());
            }
            return;
        }
        if (effect instanceof Effect.Awaits awaits) {
            postman.hear(awaits);
        } else if (effect instanceof Effect.OfSession told) {
            workers.tell(told);
        }
    }

    /** Something leaves it. */
    void speaks() {
        if (pausedUntil() > 0 && world.time().now() - pausedUntil() < Timeline.SECOND) {
            world.hit(Probe.PAUSED_OWNER_SPOKE);
        }
    }

    /** Where workers come in. */
    WorkerDoor workers() {
        return workers;
    }
}
