package dev.millrace.engine.simulation;

import dev.millrace.engine.Batch;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Shard;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.harness.RandomTerms;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A shard as its owner holds it: the real core, and the loop around it. What is decided while a commit is under way becomes the
 * next batch; effects leave when their batch is stored; images are taken at the end of a batch and written after it.
 */
final class Owned {
    private final World world;
    private final Instance instance;
    private final int number;
    private final long epoch;
    private final Shard core;

    private Batch open = new Batch();
    private long seq;
    private long projectedSeq;
    private boolean committing;
    private boolean projecting;
    private boolean lost;
    /** What is done when everything is stored and projected; empty while it serves. */
    private Optional<Runnable> whenDrained = Optional.empty();

    private boolean changed = true;
    private long capturedAt;
    private long armedFor = Long.MAX_VALUE;
    private final Map<LaneKey, Snapshots.Window> answered = new HashMap<>();
    /** What it has heard that people have set. */
    private final Map<TenantId, TenantConfig> configs = new HashMap<>();
    /** Runs that the store is being asked for. */
    private final Set<RunId> loading = new HashSet<>();

    private final Asker asker;
    private final StaleCounts staleCounts;

    Owned(World world, Instance instance, int number, Journal.Opened opened, long projectedSeq, Shard core) {
        this.world = world;
        this.instance = instance;
        this.number = number;
        this.epoch = opened.epoch();
        this.seq = opened.lastSeq();
        this.projectedSeq = projectedSeq;
        this.core = core;
        this.capturedAt = world.time().now();
        this.asker = new Asker(world, number);
        this.staleCounts = new StaleCounts(world);
        arm();
        commitSoon(); // what the journal's tail told is written, even if nothing else happens
    }

    /** What was set when it was recovered. */
    void heard(TenantId tenant, TenantConfig config) {
        configs.put(tenant, config);
    }

    /** Up to which batch it is projected. */
    long projectedSeq() {
        return projectedSeq;
    }

    int number() {
        return number;
    }

    long epoch() {
        return epoch;
    }

    /** Nothing that it decided and did not store is told. */
    void lose() {
        lost = true;
    }

    /** Takes no more commands; has what there is stored and projected, and says when that is done. */
    void drain(Runnable drained) {
        whenDrained = Optional.of(drained);
        goOnDraining();
    }

    private void goOnDraining() {
        if (whenDrained.isEmpty() || lost || committing || projecting) {
            return;
        }
        if (!open.isEmpty() || projectedSeq < seq) {
            changed = true;
            commitSoon();
            return;
        }
        lost = true;
        whenDrained.get().run();
    }

    void decide(Command command) {
        if (lost || whenDrained.isPresent()) {
            return;
        }
        if (command instanceof Command.ConfigChanged told) {
            configs.put(told.tenant(), told.config());
            staleCounts.forget(told.tenant());
        }
        int before = open.facts().size();
        if (world.has(Flaw.COUNT_FROM_CACHE)) {
            staleCounts.mislead(core, instance.now(), open, configs);
        }
        try {
            core.handle(command, instance.now(), open);
        } catch (IllegalStateException e) {
            contradicted(e);
            return;
        }
        for (var fact : open.facts().subList(before, open.facts().size())) {
            world.judge().decided(fact, configs.getOrDefault(fact.tenant(), TenantConfig.NONE));
        }
        asker.ask(core, instance.now(), this::isLoading);
        changed |= !open.facts().isEmpty();
        if (!open.isEmpty() || changed) {
            commitSoon();
        }
        arm();
    }

    /**
     * What it read contradicts its memory. That is to happen to nobody but a former owner, who does not know that it is one and reads
     * what its successor has stored; it gives the shard up then, with all that it decided.
     */
    private void contradicted(IllegalStateException why) {
        if (world.database().isOwner(number, epoch)) {
            throw why;
        }
        world.hit(Probe.FORMER_OWNER_CONTRADICTED);
        instance.lose(this);
    }

    private boolean isLoading(RunId run) {
        return loading.contains(run)
                || open.effects().stream()
                        .anyMatch(effect -> effect instanceof Effect.LoadRun load
                                && load.run().equals(run));
    }

    // ---- timers ----

    private void arm() {
        var next = core.nextTimer();
        if (next.isEmpty() || world.has(Flaw.NO_TIMERS)) {
            return;
        }
        long due = world.time().now() + World.micros(next.get()) - World.micros(instance.now());
        if (due < armedFor) {
            armedFor = due;
            world.time().at(due, instance, () -> fire(due));
        }
    }

    private void fire(long due) {
        if (armedFor != due || lost) {
            return;
        }
        armedFor = Long.MAX_VALUE;
        if (core.nextTimer().filter(next -> !next.isAfter(instance.now())).isPresent()) {
            decide(new Command.Tick());
        } else {
            arm();
        }
    }

    // ---- commits ----

    private void commitSoon() {
        if (!committing) {
            committing = true;
            world.time().in(world.dice("group").between(0, 500), instance, this::commit);
        }
    }

    private void commit() {
        if (lost) {
            return;
        }
        var batch = open;
        open = new Batch();
        boolean stores = !batch.facts().isEmpty();
        var capture = capture(stores ? seq + 1 : seq);
        if (!stores) {
            stored(batch, capture);
            return;
        }
        if (world.has(Flaw.TORN_COMMIT) && batch.facts().size() > 1) {
            int half = batch.facts().size() / 2;
            append(
                    batch.facts().subList(0, half),
                    () -> append(batch.facts().subList(half, batch.facts().size()), () -> stored(batch, capture)));
        } else {
            append(batch.facts(), () -> stored(batch, capture));
        }
    }

    private void append(List<dev.millrace.engine.Fact> facts, Runnable stored) {
        var entry = new Journal.Entry(number, epoch, ++seq, facts);
        world.database().call(instance, () -> world.database().append(entry), done -> stored.run(), this::failed);
    }

    private void failed(JournalException why) {
        instance.lose(this);
    }

    private void stored(Batch batch, Optional<Snapshots.Projection> capture) {
        if (lost) {
            return;
        }
        committing = false;
        for (var effect : batch.effects()) {
            release(effect);
        }
        capture.ifPresent(this::project);
        if (!open.isEmpty()) {
            commitSoon();
        }
        goOnDraining();
    }

    private void release(Effect effect) {
        if (effect instanceof Effect.LoadKeys load) {
            loadKeys(load);
        } else if (effect instanceof Effect.LoadRun load) {
            loadRun(load);
        } else if (effect instanceof Effect.DecideStep question) {
            decideStep(question);
        } else if (effect instanceof Effect.LoadWindows load) {
            loadWindows(load);
        } else if (effect instanceof Effect.LoadDue load) {
            loadDue(load);
        } else {
            instance.release(effect);
        }
    }

    /** Somebody else evaluates, and some answers are lost. */
    private void decideStep(Effect.DecideStep question) {
        var dice = world.dice("conditions");
        if (world.faulty() && dice.chance(0.1)) {
            world.hit(Probe.CONDITION_ASKED_AGAIN);
            return;
        }
        var decision = RandomTerms.decision(dice.random(), question.elements(), world.faulty());
        world.time()
                .in(
                        dice.between(0, 5) * Timeline.MILLI,
                        instance,
                        () -> decide(new Command.StepDecided(
                                question.tenant(), question.run(), question.generation(), question.node(), decision)));
    }

    private void loadKeys(Effect.LoadKeys load) {
        world.database()
                .call(
                        instance,
                        () -> world.database().snapshots().keys(load.keys()),
                        found -> {
                            if (!found.isEmpty()) {
                                world.hit(Probe.KEYS_READ_FROM_STORE);
                            }
                            decide(new Command.KeysLoaded(
                                    load.load(), world.has(Flaw.KEYS_NOT_READ) ? List.of() : found));
                        },
                        failed -> world.time().in(100 * Timeline.MILLI, instance, () -> loadKeys(load)));
    }

    private void loadRun(Effect.LoadRun load) {
        loading.add(load.run());
        world.database()
                .call(
                        instance,
                        () -> world.database().snapshots().run(load.tenant(), load.run()),
                        found -> {
                            if (found.isPresent()) {
                                world.hit(Probe.RUN_READ_FROM_STORE);
                            }
                            loading.remove(load.run());
                            decide(new Command.RunLoaded(load.load(), known(found)));
                        },
                        failed -> world.time().in(100 * Timeline.MILLI, instance, () -> loadRun(load)));
    }

    /** With {@link Flaw#RELATIVES_NOT_FOUND}, nothing where the run has a parent or waits for children. */
    private Optional<RunImage> known(Optional<RunImage> found) {
        return world.has(Flaw.RELATIVES_NOT_FOUND)
                ? found.filter(image -> image.state().isFinal()
                        || image.parent().isEmpty()
                                && image.tasks().stream()
                                        .flatMap(task -> task.checkpoints().all().stream())
                                        .noneMatch(each -> each.isOpen() && each.kind() == CheckpointKind.CHILD))
                : found;
    }

    private void loadWindows(Effect.LoadWindows load) {
        world.database()
                .call(
                        instance,
                        () -> world.database().windows(number, epoch, load.queries()),
                        found -> {
                            if (found.stream().anyMatch(window -> !window.runs().isEmpty())) {
                                world.hit(Probe.WINDOW_REFILLED);
                            }
                            readBack(new Command.WindowsLoaded(load.load(), cached(found)));
                        },
                        failed -> {
                            world.hit(Probe.LOAD_REPEATED);
                            world.time().in(100 * Timeline.MILLI, instance, () -> loadWindows(load));
                        });
    }

    /** With {@link Flaw#WINDOWS_FROM_CACHE}, what was answered before about the same lane. */
    private List<Snapshots.Window> cached(List<Snapshots.Window> found) {
        if (!world.has(Flaw.WINDOWS_FROM_CACHE)) {
            return found;
        }
        return found.stream()
                .map(window -> {
                    var before = answered.put(window.lane(), window);
                    return before == null ? window : before;
                })
                .toList();
    }

    private void loadDue(Effect.LoadDue load) {
        if (world.has(Flaw.TIMES_NOT_READ)) {
            decide(new Command.DueLoaded(load.load(), new Snapshots.Due(List.of(), Optional.empty())));
            return;
        }
        world.database()
                .call(
                        instance,
                        () -> world.database().due(number, epoch, load.query()),
                        found -> {
                            if (!found.runs().isEmpty()) {
                                world.hit(Probe.FAR_TIMER_LOADED);
                            }
                            readBack(new Command.DueLoaded(load.load(), found));
                        },
                        failed -> {
                            world.hit(Probe.LOAD_REPEATED);
                            world.time().in(100 * Timeline.MILLI, instance, () -> loadDue(load));
                        });
    }

    private void readBack(Command answer) {
        long before = core.residents().outdated();
        decide(answer);
        if (core.residents().outdated() > before) {
            world.hit(Probe.OUTDATED_IMAGE_DROPPED);
        }
    }

    // ---- images ----

    private Optional<Snapshots.Projection> capture(long toSeq) {
        long every = world.layout().projectEveryMillis() * Timeline.MILLI;
        // A pass that does not move on would be stored twice if its answer was lost.
        if (projecting
                || !changed
                || toSeq == projectedSeq
                || whenDrained.isEmpty() && world.time().now() - capturedAt < every) {
            return Optional.empty();
        }
        projecting = true;
        changed = false;
        capturedAt = world.time().now();
        var runs = core.capture();
        if (world.has(Flaw.HISTORY_LEFT_OUT)) {
            runs = runs.stream()
                    .map(image -> image.isNew() ? image : image.withHistory(List.of()))
                    .toList();
        }
        return Optional.of(new Snapshots.Projection(number, epoch, projectedSeq, toSeq, core.image(), runs));
    }

    private void project(Snapshots.Projection projection) {
        if (lost) {
            return;
        }
        world.database()
                .call(
                        instance,
                        () -> world.database().project(projection),
                        done -> {
                            projecting = false;
                            projectedSeq = projection.toSeq();
                            if (!lost) {
                                projected();
                                afterwards();
                                goOnDraining();
                            }
                        },
                        why -> {
                            if (why instanceof FencedException) {
                                instance.lose(this);
                            } else {
                                world.time().in(50 * Timeline.MILLI, instance, () -> project(projection));
                            }
                        });
    }

    private void projected() {
        var before = core.residents();
        core.projected();
        if (core.residents().putOut() > before.putOut()) {
            world.hit(Probe.RUN_PUT_OUT_OF_MEMORY);
        }
        if (core.residents().spilled() > before.spilled()) {
            world.hit(Probe.WINDOW_SPILLED);
        }
    }

    /** What changed meanwhile is captured in its turn even if nothing else happens. */
    private void afterwards() {
        world.time().in(world.layout().projectEveryMillis() * Timeline.MILLI, instance, () -> {
            if (changed && !lost) {
                commitSoon();
            }
        });
    }

    // ---- the lease ----

    void renew() {
        if (lost) {
            return;
        }
        long asked = world.time().now();
        world.database()
                .call(
                        instance,
                        () -> world.database().renew(number, epoch),
                        shared -> instance.correct(shared, asked),
                        why -> {
                            if (why instanceof FencedException) {
                                instance.lose(this);
                            }
                        });
        world.time().in(Timeline.SECOND, instance, this::renew);
    }
}
