package dev.millrace.engine.simulation;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Completion;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.Usage;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.RandomWorkflows;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** A worker: the worker's side of the protocol, over streams that break, with steps that succeed, fail, hang and do not listen. */
final class WorkerProcess extends Actor implements DurableCode.Host {
    private static final long HEARTBEAT = 2 * Timeline.SECOND;
    private static final long SILENCE = 6 * Timeline.SECOND;
    private static final long LONGEST_DRAIN = 30 * Timeline.SECOND;
    private static final long PATIENCE_AT_HELLO = 5 * Timeline.SECOND;

    private final World world;
    private final Dice dice;
    private final TenantId tenant;
    private final int number;
    private final int slots;
    private final Map<AttemptRef, Assignment> running = new LinkedHashMap<>();
    private final Map<AttemptRef, DurableCode> codes = new LinkedHashMap<>();
    private final Set<AttemptRef> unconfirmed = new HashSet<>();
    /** What the attempts that it runs have spent so far. */
    private final Map<AttemptRef, Usage> used = new LinkedHashMap<>();

    private final Map<AttemptRef, Usage> settled = new LinkedHashMap<>();

    private final Map<Long, Completion> unacknowledged = new TreeMap<>();
    private WorkerInfo info;
    private Stream stream;
    private Instance instance;
    private boolean welcome;
    private long heard;
    private long sequence;
    private int processes;
    private boolean draining;

    WorkerProcess(World world, int number, TenantId tenant) {
        super("worker-" + number);
        this.world = world;
        this.dice = world.dice(name());
        this.number = number;
        this.tenant = tenant;
        this.slots = 1 + dice.below(6);
    }

    @Override
    void booted() {
        // Some deployments give a process the name of the one before, others a new one.
        if (info == null || dice.chance(0.5)) {
            info = new WorkerInfo(
                    new WorkerId(new UUID(number, ++processes)),
                    name(),
                    slots,
                    labels(),
                    world.versions(tenant),
                    dice.chance(0.6) ? Map.of(RandomWorkflows.SLOT_KIND, 1 + dice.below(2)) : Map.of(),
                    Map.of());
            world.judge().laws().present(info.id(), info.labels());
            world.judge().present(info);
        }
        draining = false;
        connect();
        beat();
    }

    /** Takes nothing more, ends what it has begun, leaves, and is started again later. It does not wait for ever. */
    void drain() {
        draining = true;
        int life = life();
        sayDraining();
        world.time().in(LONGEST_DRAIN, world, () -> stop(life));
    }

    private void sayDraining() {
        if (welcome) {
            var open = stream;
            var door = instance;
            open.toInstance(() -> door.workers().says(open, List.of(), List.of(), List.of(), true));
            leaveWhenDone();
        }
    }

    private void leaveWhenDone() {
        if (draining && welcome && running.isEmpty() && unacknowledged.isEmpty()) {
            world.hit(Probe.WORKER_DRAINED);
            int life = life();
            world.time().in(0, world, () -> stop(life));
        }
    }

    private void stop(int life) {
        if (life() == life && isUp()) {
            crash();
            world.time().in(dice.between(50, 8_000) * Timeline.MILLI, world, this::boot);
        }
    }

    private Map<String, String> labels() {
        if (dice.chance(0.3)) {
            return Map.of();
        }
        return Map.of("region", dice.chance(0.5) ? "eu" : "us", "size", "" + dice.below(4));
    }

    TenantId tenant() {
        return tenant;
    }

    /** Whether it is connected, and has been welcomed. */
    boolean isWelcome() {
        return welcome;
    }

    /** Who it says that it is. */
    WorkerId id() {
        return info.id();
    }

    @Override
    void crashed() {
        running.clear();
        codes.clear();
        unconfirmed.clear();
        used.clear();
        settled.clear();
        unacknowledged.clear();
        sequence = 0;
        var was = stream;
        var door = instance;
        welcome = false;
        if (dice.chance(0.7)) {
            world.time().in(world.messageDelay(), door, () -> door.workers().ended(was));
        }
    }

    // ---- its stream ----

    private void connect() {
        // The next one, so that whoever owns the shard is found before long.
        door = door < 0 ? dice.below(world.instances().size()) : door + 1;
        instance = world.instances().get(door % world.instances().size());
        stream = new Stream(world, this, instance);
        welcome = false;
        heard = world.time().now();
        var has = new ArrayList<>(running.keySet());
        unacknowledged.values().forEach(completion -> has.add(completion.attempt()));
        var opened = stream;
        var there = instance;
        opened.toInstance(() -> there.workers().hello(opened, this, tenant, info, has));
        world.time().in(PATIENCE_AT_HELLO, this, () -> {
            if (stream == opened && !welcome) {
                ended(opened);
            }
        });
    }

    /** The stream has ended. */
    void ended(Stream ended) {
        if (stream == ended) {
            ended.sever();
            welcome = false;
            var next = new Object();
            reconnect = next;
            world.time().in(dice.between(10, 1_500) * Timeline.MILLI, this, () -> {
                if (reconnect == next) {
                    connect();
                }
            });
        }
    }

    private Object reconnect;
    /** Number of the instance that it tried last; -1 before the first. */
    private int door = -1;

    /** The stream breaks and both sides are told. */
    void breakStream() {
        var broken = stream;
        var door = instance;
        broken.sever();
        world.time().in(world.messageDelay(), this, () -> ended(broken));
        world.time().in(world.messageDelay(), door, () -> door.workers().ended(broken));
    }

    private void beat() {
        if (welcome) {
            if (world.time().now() - heard > SILENCE) {
                ended(stream);
            } else {
                var open = stream;
                var door = instance;
                open.toInstance(() -> door.workers().heartbeat(open));
            }
        }
        world.time().in(HEARTBEAT, this, this::beat);
    }

    void heard(Stream on) {
        if (on == stream) {
            heard = world.time().now();
        }
    }

    private void say(List<AttemptRef> accepted, List<Completion> completions, List<AttemptRef> returned) {
        if (welcome) {
            var open = stream;
            var door = instance;
            open.toInstance(() -> door.workers().says(open, accepted, completions, returned, false));
        }
    }

    // ---- what it is told ----

    void told(Stream on, Effect effect) {
        heard(on);
        if (on != stream) {
            return;
        }
        if (effect instanceof Effect.WelcomeWorker hello) {
            welcome(hello);
        } else if (effect instanceof Effect.Assign assign) {
            assigned(assign.assignment());
        } else if (effect instanceof Effect.ConfirmStart confirm) {
            if (unconfirmed.remove(confirm.attempt())) {
                world.judge().enteredOnce(running.get(confirm.attempt()));
                enter(running.get(confirm.attempt()));
            }
        } else if (effect instanceof Effect.CheckpointsStored stored) {
            Optional.ofNullable(codes.get(stored.attempt())).ifPresent(code -> code.stored(stored));
        } else if (effect instanceof Effect.CheckpointSettled settled) {
            Optional.ofNullable(codes.get(settled.attempt())).ifPresent(code -> code.settled(settled.checkpoint()));
        } else if (effect instanceof Effect.AckCompletions ack) {
            unacknowledged.keySet().removeIf(sent -> sent <= ack.upTo());
            if (!ack.refused().isEmpty()) {
                world.hit(Probe.STALE_COMPLETION);
            }
            leaveWhenDone();
        } else if (effect instanceof Effect.CancelAttempt cancel) {
            var cancelled = running.get(cancel.attempt());
            if (cancelled != null && (!world.faulty() || dice.chance(isTransactional(cancelled) ? 0.2 : 0.8))) {
                world.time().in(dice.between(0, 100) * Timeline.MILLI, this, () -> {
                    if (running.containsKey(cancel.attempt())) {
                        complete(cancel.attempt(), new Outcome.Cancelled());
                    }
                });
            }
        } else if (effect instanceof Effect.CloseWorker) {
            ended(on);
        }
    }

    private void welcome(Effect.WelcomeWorker hello) {
        welcome = true;
        if (!hello.stale().isEmpty()) {
            world.hit(Probe.ATTEMPT_STALE_AT_WELCOME);
        }
        if (!running.isEmpty() && !hello.stale().containsAll(running.keySet())) {
            world.hit(Probe.ATTEMPT_CLAIMED_AGAIN);
        }
        for (var attempt : hello.stale()) {
            running.remove(attempt);
            codes.remove(attempt);
            unconfirmed.remove(attempt);
        }
        unacknowledged.values().removeIf(completion -> hello.stale().contains(completion.attempt()));
        if (!unacknowledged.isEmpty()) {
            say(List.of(), List.copyOf(unacknowledged.values()), List.of());
        }
        List.copyOf(codes.values()).forEach(DurableCode::tellAgain);
        if (draining) {
            sayDraining();
        }
    }

    private void assigned(Assignment assignment) {
        world.judge().assigned(tenant, info.versions(), assignment);
        if (world.faulty() && dice.chance(0.03)) {
            return; // as if it had never come
        }
        var attempt = assignment.attempt();
        if (draining || world.faulty() && dice.chance(0.02)) {
            say(List.of(), List.of(), List.of(attempt));
            return;
        }
        running.put(attempt, assignment);
        say(List.of(attempt), List.of(), List.of());
        if (assignment.startsWhenConfirmed()) {
            unconfirmed.add(attempt);
        } else {
            enter(assignment);
        }
    }

    private void enter(Assignment assignment) {
        if (!world.judge().isDurable(assignment)) {
            perform(assignment);
            return;
        }
        var code = new DurableCode(world, dice, this, this, assignment);
        codes.put(assignment.attempt(), code);
        code.goOn();
    }

    @Override
    public void store(AttemptRef attempt, Command.NewCheckpoint made) {
        if (welcome) {
            var open = stream;
            var door = instance;
            open.toInstance(() -> door.workers().store(open, attempt, made));
        }
    }

    @Override
    public void suspend(AttemptRef attempt, int seen) {
        running.remove(attempt);
        codes.remove(attempt);
        if (welcome) {
            var open = stream;
            var door = instance;
            var spent = spent(attempt);
            open.toInstance(() -> door.workers().suspend(open, attempt, seen, spent));
        }
        used.remove(attempt);
        settled.remove(attempt);
    }

    private Spent spent(AttemptRef attempt) {
        return Spent.of(used.getOrDefault(attempt, Usage.NONE), settled.getOrDefault(attempt, Usage.NONE));
    }

    /** The method uses something, and mostly it is said on the way. */
    private void use(AttemptRef attempt) {
        if (dice.chance(0.5)) {
            used.merge(attempt, Usage.of("tokens", dice.between(0, 200)), Usage::plus);
            if (dice.chance(0.5)) {
                settled.put(attempt, Usage.of("api", dice.between(0, 3)));
            }
            if (welcome && dice.chance(0.7)) {
                var open = stream;
                var door = instance;
                var spent = spent(attempt);
                open.toInstance(() -> door.workers().spent(open, attempt, spent));
            }
        }
        leaveWhenDone();
    }

    @Override
    public void finish(Assignment assignment) {
        codes.remove(assignment.attempt());
        perform(assignment);
    }

    @Override
    public boolean runs(Assignment assignment) {
        return running.get(assignment.attempt()) == assignment;
    }

    private void perform(Assignment assignment) {
        var outcome =
                assignment.turn() > 0 && assignment.turn() <= turnsOfLoops() ? turn(assignment) : outcome(assignment);
        use(assignment.attempt());
        if (world.faulty() && welcome && dice.chance(0.1)) {
            var open = stream;
            var door = instance;
            open.toInstance(
                    () -> door.workers().extend(open, assignment.attempt(), Duration.ofSeconds(dice.between(1, 60))));
        }
        if (welcome && dice.chance(0.1)) {
            var open = stream;
            var door = instance;
            open.toInstance(() -> door.workers().releaseSlots(open, assignment.attempt()));
        }
        long takes = world.faulty() && dice.chance(isTransactional(assignment) ? 0.6 : 0.3)
                ? dice.between(0, 60 * Timeline.SECOND)
                : dice.between(0, 20 * Timeline.MILLI);
        world.time().in(takes, this, () -> {
            if (running.get(assignment.attempt()) == assignment) {
                use(assignment.attempt());
                complete(assignment.attempt(), committed(assignment, outcome));
            }
        });
    }

    /** A statement may wait for a lock for long, and does not hear of a cancellation; it commits when nobody waits for it any more. */
    private boolean isTransactional(Assignment assignment) {
        return world.judge()
                .isTransactional(assignment.version(), assignment.attempt().node());
    }

    /** Where its completion is committed with its effect, that is what counts. */
    private Outcome committed(Assignment assignment, Outcome outcome) {
        return isTransactional(assignment) ? world.completions().end(assignment, outcome) : outcome;
    }

    /** Loops have ends, so that every run has one once everything has healed. */
    private int turnsOfLoops() {
        return world.faulty() ? 6 : 2;
    }

    private Outcome turn(Assignment assignment) {
        if (world.faulty() && dice.chance(0.4)) {
            return outcome(assignment);
        }
        var state = Payload.inline(Judge.signed(assignment.attempt().attempt()).getBytes(StandardCharsets.UTF_8));
        var delay = dice.chance(0.4) ? Duration.ZERO : Duration.ofMillis(dice.between(1, 60_000));
        return new Outcome.Again(state, delay);
    }

    private Outcome outcome(Assignment assignment) {
        var signed =
                FakeWorker.value(Judge.signed(assignment.attempt().attempt())).outcome();
        if (!world.faulty()) {
            return signed;
        }
        return switch (dice.below(24)) {
            case 0, 1, 2 -> FakeWorker.failure("Boom").outcome();
            case 3 -> failed(new Failure("NoUse", "It never will.", "", true, 0, ""));
            case 4 -> failed(new Failure("Busy", "Not now.", "", false, 1_000, "api"));
            case 5, 6 -> FakeWorker.empty().outcome();
            case 7 -> FakeWorker.value("[]").outcome();
            default -> signed;
        };
    }

    private static Outcome failed(Failure failure) {
        return new Outcome.Failed(failure);
    }

    private void complete(AttemptRef attempt, Outcome outcome) {
        running.remove(attempt);
        codes.remove(attempt);
        unconfirmed.remove(attempt);
        var completion = new Completion(++sequence, attempt, outcome, spent(attempt));
        used.remove(attempt);
        settled.remove(attempt);
        unacknowledged.put(completion.sequence(), completion);
        say(List.of(), List.of(completion), List.of());
    }
}
