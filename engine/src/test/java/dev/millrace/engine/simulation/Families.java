package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Parent;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The laws of children: each begins once, for the checkpoint that names it, while its parent goes on; no chain of them is longer than it may be (S18); and what
 * a parent is told of a child is how the child ended.
 */
final class Families {
    private final World world;
    /** By id, as checkpoints name them. */
    private final Map<String, Fact.RunStarted> children = new HashMap<>();

    private final Map<TenantId, List<RunId>> byTenant = new HashMap<>();
    private final Set<List<Object>> begun = new HashSet<>();
    /** How those ended that have. */
    private final Map<RunId, RunState> ended = new HashMap<>();

    Families(World world) {
        this.world = world;
    }

    /** The runs of a tenant that have parents. */
    List<RunId> of(TenantId tenant) {
        return byTenant.getOrDefault(tenant, List.of());
    }

    void stored(Fact fact) {
        if (fact instanceof Fact.RunStarted started) {
            started.parent().ifPresent(parent -> began(started, parent));
        } else if (fact instanceof Fact.RunReplayed replayed) {
            ended.remove(replayed.run());
        } else if (fact instanceof Fact.RunEnded end) {
            ended.put(end.run(), end.state());
        } else if (fact instanceof Fact.CheckpointStored stored) {
            stored.checkpoint()
                    .failure()
                    .filter(why -> why.type().equals(Failure.CHILD_DEPTH))
                    .ifPresent(why -> world.hit(Probe.CHILD_TOO_DEEP));
        } else if (fact instanceof Fact.CheckpointSettled settled) {
            settled(settled);
        }
    }

    private void began(Fact.RunStarted fact, Parent parent) {
        world.hit(Probe.CHILD_STARTED);
        children.put(fact.run().toString(), fact);
        byTenant.computeIfAbsent(fact.tenant(), any -> new ArrayList<>()).add(fact.run());
        assertThat(begun.add(List.of(parent.run(), parent.generation(), parent.node(), parent.element(), parent.key())))
                .as("a child begins once for the checkpoint that names it: %s", fact)
                .isTrue();
        assertThat(ended)
                .as("a child begins while its parent goes on: %s", fact)
                .doesNotContainKey(parent.run());
        var above = children.get(parent.run().toString());
        assertThat(parent.depth())
                .as("S18: it is known how many are above a child: %s", fact)
                .isEqualTo(above == null ? 1 : 1 + above.parent().orElseThrow().depth())
                .as("S18: a chain of children has its end: %s", fact)
                .isLessThanOrEqualTo(Parent.MOST_DEPTH);
    }

    private void settled(Fact.CheckpointSettled fact) {
        var child = children.get(fact.source());
        boolean parts = fact.failure()
                .filter(why -> why.type().equals(Failure.PARENT_ENDED))
                .isPresent();
        if (child == null || parts) {
            return;
        }
        world.hit(Probe.CHILD_TOLD);
        assertThat(child.parent().orElseThrow().run())
                .as("a child is its own parent's: %s", fact)
                .isEqualTo(fact.run());
        assertThat(ended.get(child.run()))
                .as("what a parent is told is how its child ended: %s", fact)
                .isNotNull()
                .matches(state -> (state == RunState.SUCCEEDED) == (fact.state() == Checkpoint.State.DONE));
    }
}
