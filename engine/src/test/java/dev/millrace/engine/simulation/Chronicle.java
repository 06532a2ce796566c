package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Fact;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TenantId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every attempt went through by the facts, to be held against the history that is stored of its run: nothing may be missing there,
 * and nothing may be told that did not happen, however often the shard changed its owner and the run left memory meanwhile.
 */
final class Chronicle {
    private final Map<RunId, TenantId> runs = new LinkedHashMap<>();
    private final Map<RunId, Integer> generations = new HashMap<>();
    private final Map<RunId, Map<String, Integer>> happened = new LinkedHashMap<>();

    /** A fact has been stored. */
    void stored(Fact fact) {
        if (fact instanceof Fact.RunStarted started) {
            runs.put(started.run(), started.tenant());
        } else if (fact instanceof Fact.RunReplayed replayed) {
            generations.put(replayed.run(), replayed.generation());
        } else if (fact instanceof Fact.AttemptOffered offered) {
            note(offered, AttemptState.OFFERED);
        } else if (fact instanceof Fact.AttemptStarted started) {
            note(started, AttemptState.RUNNING);
        } else if (fact instanceof Fact.AttemptSucceeded succeeded) {
            note(succeeded, AttemptState.SUCCEEDED);
        } else if (fact instanceof Fact.AttemptFailed failed) {
            note(failed, failed.state());
        } else if (fact instanceof Fact.AttemptLost lost) {
            note(lost, AttemptState.LOST);
        } else if (fact instanceof Fact.AttemptSuspended suspended) {
            note(suspended, AttemptState.SUSPENDED);
        }
        // Cancelled attempts are told by several facts; that none is live at the end is a law of its own.
    }

    private void note(Fact.OfAttempt fact, AttemptState state) {
        var ref = fact.attempt();
        happened.computeIfAbsent(ref.run(), any -> new TreeMap<>())
                .merge(ref.node() + "/" + ref.element() + "/" + ref.attempt() + " " + state, 1, Integer::sum);
    }

    /** The stored histories of runs that are stored as ended tell the same. */
    void check(Snapshots snapshots) {
        runs.forEach((run, tenant) -> {
            var image = snapshots.run(tenant, run).orElse(null);
            if (image == null || !image.state().isFinal() || image.generation() < generations.getOrDefault(run, 1)) {
                return; // its last pass is still to come
            }
            Map<String, Integer> told = new TreeMap<>();
            for (var transition : image.history()) {
                if (transition.attempt() > 0 && isAttempt(transition.state())) {
                    told.merge(
                            transition.node() + "/" + transition.element() + "/" + transition.attempt() + " "
                                    + transition.state(),
                            1,
                            Integer::sum);
                }
            }
            assertThat(told)
                    .as("every transition of every attempt is in the history of run %s, and no other", run)
                    .isEqualTo(happened.getOrDefault(run, Map.of()));
        });
    }

    private static boolean isAttempt(String state) {
        for (var each : AttemptState.values()) {
            if (each != AttemptState.CANCELLED && each.name().equals(state)) {
                return true;
            }
        }
        return false;
    }
}
