package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Age;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkflowPlan;
import dev.millrace.manifest.ParameterSpec.Source;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The oldest of a queue goes first (S26), wherever its runs are: of runs that are alike to every gate, a younger one does not begin while
 * an older one waits. Looks at runs that begin with one step, because only those begin in one place.
 */
final class QueueOrder {
    /** What makes runs alike. */
    private record Like(TenantId tenant, VersionRef version, Priority priority, RunTerms terms) {}

    private record Place(Like like, Age age) {}

    private final World world;
    private final Map<Like, TreeMap<Age, RunId>> waiting = new HashMap<>();
    private final Map<RunId, Place> places = new HashMap<>();

    QueueOrder(World world) {
        this.world = world;
    }

    /** A fact has been stored; the plan is that of the run that has just started. */
    void stored(Fact fact, Map<VersionRef, WorkflowPlan> plans) {
        if (fact instanceof Fact.RunStarted started) {
            if (beginsInOnePlace(plans.get(started.version()))) {
                queues(started);
            }
        } else if (fact instanceof Fact.AttemptOffered offered) {
            begins(offered);
        } else if (fact instanceof Fact.OfRun ofRun && mayEnd(fact)) {
            leaves(ofRun.run());
        }
    }

    private static boolean beginsInOnePlace(WorkflowPlan plan) {
        var roots = plan.manifest().steps().stream()
                .filter(step -> step.after().isEmpty()
                        && step.parameters().stream().noneMatch(parameter -> parameter.source() == Source.STEP))
                .toList();
        return roots.size() == 1
                && roots.get(0).when().isEmpty()
                && roots.get(0).parameters().stream()
                        .noneMatch(parameter -> parameter.awaits().isPresent());
    }

    private void queues(Fact.RunStarted started) {
        var like = new Like(started.tenant(), started.version(), started.priority(), started.terms());
        var age = new Age(started.at(), started.run());
        waiting.computeIfAbsent(like, any -> new TreeMap<>()).put(age, started.run());
        places.put(started.run(), new Place(like, age));
    }

    private void begins(Fact.AttemptOffered offered) {
        var place = places.get(offered.run());
        if (place != null) {
            assertThat(waiting.get(place.like).firstKey())
                    .as("S26: the oldest of a queue goes first: %s", offered)
                    .isEqualTo(place.age);
            if (waiting.get(place.like).size() > 1) {
                world.hit(Probe.BEGAN_IN_TURN);
            }
            leaves(offered.run());
        }
    }

    /** Its first step may never be offered any more, or only now begins to queue, or waits for money that others of its like have. */
    private static boolean mayEnd(Fact fact) {
        return fact instanceof Fact.RunCancelRequested
                || fact instanceof Fact.RunDeadlinePassed
                || fact instanceof Fact.StepAdmitted
                || fact instanceof Fact.TaskHeld
                || fact instanceof Fact.TaskFailed
                || fact instanceof Fact.TaskSkipped
                || fact instanceof Fact.TaskCancelRequested
                || fact instanceof Fact.TaskSettled settled && settled.state() != TaskState.PENDING
                || fact instanceof Fact.RunEnded;
    }

    private void leaves(RunId run) {
        var place = places.remove(run);
        if (place != null) {
            waiting.get(place.like).remove(place.age);
        }
    }
}
