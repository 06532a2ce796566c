package dev.millrace.engine.simulation;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Shard;
import dev.millrace.engine.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * Asks a shard again and again why runs and workflows wait. Nothing but answers may come of it; and because the rest of the world does not
 * know of it, everything has to happen as if nobody had asked.
 */
final class Asker {
    private static final double HOW_OFTEN = 0.2;
    private static final long NOBODY = -1;
    private static final int MOST_STEPS = 6;

    private final World world;
    private final int shard;
    private final Dice dice;

    Asker(World world, int shard) {
        this.world = world;
        this.shard = shard;
        this.dice = world.dice("asker");
    }

    /**
     * Asks, perhaps.
     *
     * @param isLoading whether the store is being asked for a run: whoever asks for it as well would be answered with the others
     */
    void ask(Shard core, Instant now, Predicate<RunId> isLoading) {
        if (!world.isAsked() || !dice.chance(HOW_OFTEN) || isDue(core, now)) {
            return;
        }
        for (var tenant : world.tenants()) {
            if (world.shardOf(tenant) == shard) {
                handle(core, new Command.ExplainWorkflow(NOBODY, tenant, ""), now);
                var runs = List.copyOf(world.judge().laws().started());
                if (!runs.isEmpty()) {
                    var run = runs.get(dice.below(runs.size()));
                    if (!isLoading.test(run)) {
                        ask(core, now, tenant, run);
                    }
                }
            }
        }
    }

    /** Whether the answer of the store would let something happen, as any command would. */
    private static boolean isDue(Shard core, Instant now) {
        return core.nextTimer().filter(next -> !next.isAfter(now)).isPresent();
    }

    private void ask(Shard core, Instant now, TenantId tenant, RunId run) {
        handle(core, new Command.Explain(NOBODY, tenant, run, dice.below(MOST_STEPS), 0), now);
    }

    private void handle(Shard core, Command command, Instant now) {
        var batch = new Batch();
        core.handle(command, now, batch);
        if (!batch.facts().isEmpty()) {
            throw new AssertionError("Asking changed something: " + batch.facts());
        }
        for (var effect : batch.effects()) {
            if (effect instanceof Effect.LoadRun load) {
                world.hit(Probe.ABSENT_RUN_EXPLAINED);
                var image = world.database().snapshots().run(load.tenant(), load.run());
                // With no time of its own: this owner's clock may be set back before its next command, and a shard's
                // time never is.
                handle(core, new Command.RunLoaded(load.load(), image), Instant.EPOCH);
            } else if (!(effect instanceof Effect.Reply)) {
                throw new AssertionError("Asking had an effect: " + effect);
            }
        }
    }
}
