package dev.millrace.engine.simulation;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.NewCheckpoint;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.RandomTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The code of a durable step in one attempt: calls, sleeps, waits for signals, events and people, and children in turn, as many as its run decides. What is stored it does not do again;
 * what it has done it stores before it goes on; while it sleeps it may leave its worker.
 */
final class DurableCode {
    /** What the worker does for its code. */
    interface Host {
        /** Says something if the stream is open. */
        void store(AttemptRef attempt, NewCheckpoint made);

        void suspend(AttemptRef attempt, int seen);

        /** All is done: ends the attempt in the way of other steps. */
        void finish(Assignment assignment);

        boolean runs(Assignment assignment);
    }

    /** What it waits for. */
    static final String SIGNAL = "go";

    private static final int KINDS = 6;
    /** Of a run whose first durable step does nothing but start a child of the same kind. */
    static final Map<String, String> DIVES = Map.of("dives", "1");
    /** Of any other child: it starts none of its own, else there would be no end of them. */
    private static final Map<String, String> CHILD = Map.of("child", "1");

    private final World world;
    private final Dice dice;
    private final Actor actor;
    private final Host host;
    private final Assignment assignment;
    private final boolean dives;
    private final int actions;
    private final Map<CheckpointKey, Checkpoint> stored = new HashMap<>();
    private int seen;
    /** Told, and not known to be stored or to be over; null for none. */
    private NewCheckpoint told;

    DurableCode(World world, Dice dice, Actor actor, Host host, Assignment assignment) {
        this.world = world;
        this.dice = dice;
        this.actor = actor;
        this.host = host;
        this.assignment = assignment;
        this.dives = assignment.metadata().equals(DIVES)
                && assignment.attempt().generation() == 1
                && world.judge().isFirstDurable(assignment);
        this.actions =
                dives ? 1 : Math.floorMod(assignment.attempt().run().value().getLeastSignificantBits(), 8);
        assignment.checkpoints().all().forEach(this::know);
    }

    private void know(Checkpoint checkpoint) {
        if (!checkpoint.isOpen()) {
            stored.put(checkpoint.key(), checkpoint);
            seen = Math.max(seen, checkpoint.order());
        }
    }

    /** Goes on to the first action that is not stored. */
    void goOn() {
        int place = 0;
        while (place < actions && stored.containsKey(key(place))) {
            place++;
        }
        if (place == actions) {
            host.finish(assignment);
        } else if (kind(place) == CheckpointKind.CALL) {
            call(place);
        } else {
            await(place);
        }
    }

    private CheckpointKind kind(int place) {
        if (dives) {
            return CheckpointKind.CHILD;
        }
        return switch (place % KINDS) {
            case 0 -> CheckpointKind.CALL;
            case 1 -> CheckpointKind.SLEEP;
            case 2 -> CheckpointKind.EVENT;
            case 3 -> CheckpointKind.APPROVAL;
            case 4 -> assignment.metadata().isEmpty() ? CheckpointKind.CHILD : CheckpointKind.CALL;
            default -> CheckpointKind.SIGNAL;
        };
    }

    private CheckpointKey key(int place) {
        var kind = kind(place);
        return new CheckpointKey("", kind == CheckpointKind.SIGNAL ? SIGNAL : kind.name(), 1 + place);
    }

    private void call(int place) {
        world.judge().executes(assignment.attempt(), key(place));
        long takes = world.faulty() && dice.chance(0.1)
                ? dice.between(0, 10 * Timeline.SECOND)
                : dice.between(0, 20 * Timeline.MILLI);
        world.time().in(takes, actor, () -> {
            if (host.runs(assignment)) {
                var value = EngineHarness.payload("" + assignment.attempt().attempt());
                tell(new NewCheckpoint(
                        place, key(place), place, CheckpointKind.CALL, "", new Command.Content.Value(value)));
            }
        });
    }

    private void await(int place) {
        boolean brought = kind(place).isBrought();
        var waits = Duration.ofMillis(brought ? 30_000 : 200L * (1 + place * place));
        var content = kind(place) == CheckpointKind.CHILD ? child() : new Command.Content.Wait(waits);
        tell(new NewCheckpoint(place, key(place), place, kind(place), "", content));
        if (dice.chance(0.6)) {
            world.time().in(dice.between(0, 2 * Timeline.SECOND), actor, () -> leave(place));
        }
    }

    /** Of the same workflow, so that it is served where its parent is; what its door would have evaluated is made up. */
    private Command.Content child() {
        var start = new Command.RunStart(
                new RunId(new UUID(0x0193_0000_0000_7000L, dice.random().nextLong())),
                assignment.version(),
                EngineHarness.payload("[1]"),
                Optional.empty(),
                "",
                Priority.NORMAL,
                dives ? DIVES : CHILD,
                Optional.empty(),
                0,
                RandomTerms.atStart(dice.random(), 6));
        return new Command.Content.Child(start, true, dice.chance(0.2));
    }

    private void leave(int place) {
        if (host.runs(assignment) && told != null && told.place() == place) {
            told = null;
            host.suspend(assignment.attempt(), seen);
        }
    }

    private void tell(NewCheckpoint made) {
        told = made;
        host.store(assignment.attempt(), made);
    }

    /** The stream is open again: what was told may have been lost. */
    void tellAgain() {
        if (told != null) {
            host.store(assignment.attempt(), told);
        }
    }

    void stored(Effect.CheckpointsStored effect) {
        for (var each : effect.stored()) {
            seen = Math.max(seen, each.order());
            if (told != null
                    && each.number() == told.number()
                    && each.order() > 0
                    && told.kind() == CheckpointKind.CALL) {
                var done = told;
                told = null;
                stored.put(done.key(), done(done, each.order()));
                goOn();
            }
        }
    }

    private static Checkpoint done(NewCheckpoint made, int order) {
        return new Checkpoint(
                made.key(),
                made.place(),
                made.kind(),
                "",
                Checkpoint.State.DONE,
                order,
                Instant.MAX,
                ((Command.Content.Value) made.content()).value(),
                Optional.empty());
    }

    void settled(Checkpoint checkpoint) {
        know(checkpoint);
        if (told != null && told.key().equals(checkpoint.key())) {
            told = null;
            goOn();
        }
    }
}
