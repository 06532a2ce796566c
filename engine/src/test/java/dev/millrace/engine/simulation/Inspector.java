package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Command;
import dev.millrace.engine.Hold;
import dev.millrace.engine.LimitStatus;
import dev.millrace.engine.Reply;
import dev.millrace.engine.TenantId;

/** Asks owners what waits and how limits stand, as people do, and holds the answers against what must be. */
final class Inspector {
    private static final long EVERY = 2 * Timeline.SECOND;

    private final World world;
    private int inspected;

    Inspector(World world) {
        this.world = world;
    }

    /** From now on, until the world is at its end; in half of the worlds, because a question moves the time of the one who is asked. */
    void begin() {
        if (world.has(Flaw.NO_TIMERS) || world.dice("inspector").chance(0.5)) {
            return;
        }
        for (var instance : world.instances()) {
            for (var tenant : world.tenants()) {
                world.time().in(EVERY, world, () -> look(instance, tenant));
            }
        }
    }

    private void look(Instance instance, TenantId tenant) {
        if (instance.isUp()) {
            world.time()
                    .in(
                            0,
                            instance,
                            () -> instance.ask(
                                    tenant,
                                    this::answered,
                                    replyTo -> new Command.ExplainWorkflow(replyTo, tenant, "")));
        }
        world.time().in(EVERY, world, () -> look(instance, tenant));
    }

    private void answered(Reply reply) {
        var explained = (Reply.WorkflowExplained) reply;
        world.hit(Probe.ASKED_WHAT_WAITS);
        assertThat(explained.crowds())
                .as("nothing waits that could go")
                .noneMatch(crowd -> crowd.hold().gate() == Hold.Gate.NOTHING);
    }

    /** Asks whoever owns the tenants how their limits stand when no run is left. */
    void askForTheLast() {
        inspected = 0;
        for (var instance : world.instances()) {
            for (var tenant : world.tenants()) {
                instance.ask(tenant, this::last, replyTo -> new Command.ReadLimits(replyTo, tenant));
            }
        }
    }

    private void last(Reply reply) {
        inspected++;
        for (var limit : ((Reply.LimitsRead) reply).limits()) {
            if (limit instanceof LimitStatus.Concurrency permits) {
                assertThat(permits.keys())
                        .as("no permit of %s is held or wanted when no run is left", permits.name())
                        .isEmpty();
            }
        }
    }

    /** Whether the limits of every tenant have been told. */
    boolean isDone() {
        return inspected >= world.tenants().size();
    }
}
