package dev.millrace.engine.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One seed from beginning to end: things go wrong for a while, then everything heals and every run has to end. */
final class Simulation {
    /**
     * Several times the longest way of a run: each of its tasks may wait for its queue timeout (five minutes) when no worker will ever
     * fit it, the clean-up one by one, and where memory is small the last starts are taken only when others have ended so.
     */
    private static final long LONGEST_HEALING = 3_600 * Timeline.SECOND;

    private static final int MOST_INSPECTIONS = 20;
    private static final long MOST_EVENTS = 20_000_000;

    /**
     * What a seed led to.
     *
     * @param trace the same for the same seed and code
     * @param events how many things happened
     * @param micros how much time passed in the world
     * @param runs how many runs were started, all of which ended
     * @param faults how many things went wrong on purpose
     */
    record Report(long trace, long events, long micros, int runs, int faults, Map<Probe, Integer> probes) {
        /** As if a path had not been taken. */
        Report without(Probe probe) {
            var others = new EnumMap<>(probes);
            others.remove(probe);
            return new Report(trace, events, micros, runs, faults, others);
        }
    }

    private static final long LONGEST_STORM = 60 * Timeline.SECOND;
    private static final long LAST_PASSES = 30 * Timeline.SECOND;

    private final long seed;
    private final Optional<Flaw> flaw;
    private final World world;
    private final Dice dice;
    private final Inspector inspector;
    private int faults;

    private Simulation(long seed, Optional<Flaw> flaw, UnaryOperator<Layout> layout) {
        this.seed = seed;
        this.flaw = flaw;
        this.world = new World(seed, flaw, layout);
        this.dice = world.dice("nemesis");
        this.inspector = new Inspector(world);
    }

    /**
     * Runs a seed.
     *
     * @throws AssertionError when a law is broken; its message is all that is needed to see it again
     */
    static Report run(long seed, Optional<Flaw> flaw) {
        return run(new Simulation(seed, flaw, UnaryOperator.identity()));
    }

    /** Runs a seed with so many workers of each tenant. */
    static Report runWithWorkers(long seed, int workers) {
        return run(new Simulation(seed, Optional.empty(), layout -> layout.withWorkers(workers)));
    }

    private static Report run(Simulation simulation) {
        try {
            return simulation.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "SEED=" + simulation.seed
                            + simulation.flaw.map(one -> " FLAW=" + one).orElse("") + " at "
                            + simulation.world.time().now() / 1e6 + " s, event "
                            + simulation.world.time().done() + ", " + simulation.world.layout() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Runs a seed while somebody asks all the time why things wait. */
    static Report runAsked(long seed) {
        var simulation = new Simulation(seed, Optional.empty(), UnaryOperator.identity());
        simulation.world.beAsked();
        return simulation.run();
    }

    private Report run() {
        var time = world.time();
        long faultsUntil = world.layout().faultSeconds() * Timeline.SECOND;
        plan();
        inspector.begin();
        while (time.step(faultsUntil)) {
            bound();
        }
        world.heal();
        long end = time.now() + LONGEST_HEALING;
        while (!isOver() && time.step(end)) {
            bound();
        }
        if (!isOver()) {
            throw new AssertionError("L1: everything has healed for an hour, but these runs have not ended: "
                    + world.judge().unfinished() + ", and these clients have no answer: "
                    + world.clients().stream()
                            .filter(client -> !client.isContent())
                            .toList());
        }
        reconnectAllAtOnce();
        inspectTheEnd();
        // The last images are on their way; nothing else happens any more.
        long stored = time.now() + LAST_PASSES;
        while (time.now() < stored && time.step(stored)) {
            bound();
        }
        world.judge().chronicle().check(world.database().snapshots());
        world.completions().check(world.database().snapshots());
        return new Report(
                time.trace(),
                time.done(),
                time.now(),
                world.judge().laws().started().size(),
                faults,
                world.probes());
    }

    /** Every stream of a worker breaks at the same time, and all are back soon. */
    private void reconnectAllAtOnce() {
        var time = world.time();
        world.workers().forEach(WorkerProcess::breakStream);
        long end = time.now() + LONGEST_STORM;
        while (!allAreBack() && time.step(end)) {
            bound();
        }
        if (!allAreBack()) {
            throw new AssertionError("L9: all streams broke at once, and after a minute these are not back: "
                    + world.workers().stream()
                            .filter(worker -> !worker.isWelcome())
                            .toList());
        }
    }

    private boolean allAreBack() {
        return world.workers().stream().allMatch(WorkerProcess::isWelcome);
    }

    /** Permits follow from what goes on, so without runs there are none, whoever was killed when. */
    private void inspectTheEnd() {
        var time = world.time();
        for (int tries = 0; !inspector.isDone(); tries++) {
            if (tries == MOST_INSPECTIONS) {
                throw new AssertionError("L1: everything has healed, but not every tenant has an owner who answers.");
            }
            inspector.askForTheLast();
            long until = time.now() + 5 * Timeline.SECOND;
            while (!inspector.isDone() && time.step(until)) {
                bound();
            }
        }
    }

    private boolean isOver() {
        return world.judge().allEnded()
                && world.clients().stream().allMatch(ClientProcess::isContent)
                && world.tickers().stream().allMatch(Ticker::isContent);
    }

    private void bound() {
        if (world.time().done() > MOST_EVENTS) {
            throw new AssertionError("This does not come to an end.");
        }
    }

    // ---- what goes wrong ----

    private void plan() {
        long every = world.layout().faultEveryMillis() * Timeline.MILLI;
        world.time().in(dice.between(every / 2, every * 2), world, () -> {
            if (world.faulty()) {
                faults++;
                fault();
                plan();
            }
        });
    }

    private void fault() {
        var instance = world.instances().get(dice.below(world.instances().size()));
        var worker = world.workers().get(dice.below(world.workers().size()));
        switch (dice.below(14)) {
            case 0 -> {
                restart(instance);
                restart(world.tickers().get(dice.below(world.tickers().size())));
            }
            case 1 -> instance.pause(world.time().now() + dice.between(0, 12) * Timeline.SECOND);
            case 2 -> restart(worker);
            case 3 -> worker.pause(world.time().now() + dice.between(0, 20) * Timeline.SECOND);
            case 4 -> world.cut(instance, worker, dice.between(0, 15) * Timeline.SECOND);
            case 5 -> worker.breakStream();
            case 6 -> world.database().goDown(dice.between(10, 3_000) * Timeline.MILLI);
            case 7 -> {
                if (instance.isUp()) {
                    instance.handOver();
                }
            }
            case 11 -> {
                if (instance.isUp()) {
                    instance.drain();
                }
            }
            case 12 -> {
                if (worker.isUp()) {
                    worker.drain();
                }
            }
            case 8, 9, 10 -> new People(world, dice).change();
            default -> world.clients().forEach(client -> world.cut(instance, client, 2 * Timeline.SECOND));
        }
    }

    private void restart(Actor actor) {
        if (actor.isUp()) {
            actor.crash();
            world.time().in(dice.between(50, 8_000) * Timeline.MILLI, world, actor::boot);
        }
    }

    @Override
    public String toString() {
        return "seed " + seed;
    }
}
