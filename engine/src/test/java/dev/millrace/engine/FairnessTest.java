package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose turn it is. */
class FairnessTest {
    private final EngineHarness engine = new EngineHarness();
    private final List<String> turns = new ArrayList<>();

    private void watchTurns() {
        var names = new LinkedHashMap<RunId, String>();
        engine.watch(fact -> {
            if (fact instanceof Fact.RunStarted started) {
                names.put(started.run(), started.version().workflow() + " " + started.priority());
            } else if (fact instanceof Fact.AttemptOffered offered) {
                turns.add(names.get(offered.attempt().run()));
            }
        });
    }

    private void start(VersionRef version, Priority priority, int count) {
        for (int i = 0; i < count; i++) {
            engine.start(new Command.RunStart(
                    engine.newRun(),
                    version,
                    Payload.NONE,
                    Optional.empty(),
                    "",
                    priority,
                    Map.of(),
                    Optional.empty(),
                    0));
        }
    }

    private long count(String turn, int from, int to) {
        return turns.subList(from, Math.min(to, turns.size())).stream()
                .filter(turn::equals)
                .count();
    }

    @Test
    void workflowsTakeTurnsHoweverMuchOneOfThemHasQueued() {
        var noisy = engine.define(oneStep("noisy"));
        var quiet = engine.define(oneStep("quiet"));
        watchTurns();
        start(noisy, Priority.NORMAL, 1_000);
        start(quiet, Priority.NORMAL, 10);
        engine.worker(1, noisy, quiet);
        assertThat(count("quiet NORMAL", 0, 21)).as("every other turn").isEqualTo(10);
    }

    @Test
    void aLoneTaskWaitsOneRoundAtMost() {
        var versions = new ArrayList<VersionRef>();
        for (int i = 0; i < 20; i++) {
            versions.add(engine.define(oneStep("flow-" + i)));
        }
        watchTurns();
        for (var version : versions) {
            start(version, Priority.NORMAL, 50);
        }
        var worker = engine.workerByHand(1, versions.toArray(VersionRef[]::new));
        for (int i = 0; i < 100; i++) {
            worker.end(worker.newest("work"), value("1"));
        }
        var lone = engine.define(oneStep("lone"));
        var other = engine.workerByHand(1, append(versions, lone));
        worker.drain();
        int before = turns.size();
        start(lone, Priority.NORMAL, 1);
        for (int i = 0; i < 25; i++) {
            other.end(other.newest("work"), value("1"));
        }
        assertThat(turns.subList(before, before + 21)).contains("lone NORMAL");
    }

    private static VersionRef[] append(List<VersionRef> versions, VersionRef last) {
        var all = new ArrayList<>(versions);
        all.add(last);
        return all.toArray(VersionRef[]::new);
    }

    @Test
    void underLoadEveryWorkflowGetsItsShare() {
        var versions = new ArrayList<VersionRef>();
        for (int i = 0; i < 100; i++) {
            versions.add(engine.define(oneStep("flow-" + i)));
        }
        watchTurns();
        for (int i = 0; i < 100; i++) {
            start(versions.get(i), Priority.NORMAL, i == 0 ? 3_000 : 30);
        }
        engine.absentWorker(7, versions.toArray(VersionRef[]::new))
                .on("work", any -> value("1", Duration.ofSeconds(1)))
                .connect();
        engine.advance(Duration.ofSeconds(300));
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 100; i++) {
            long share = count("flow-" + i + " NORMAL", 0, 2_000);
            sum += share;
            squares += (double) share * share;
        }
        assertThat(sum * sum / (100 * squares)).as("Jain's index").isGreaterThan(0.99);
    }

    @Test
    void aHigherPriorityGoesFirstHoweverLongTheLowerHasWaited() {
        var version = engine.define(oneStep("orders"));
        watchTurns();
        start(version, Priority.NORMAL, 20);
        engine.advance(Duration.ofHours(1));
        start(version, Priority.HIGH, 5);
        start(version, Priority.CRITICAL, 5);
        engine.worker(1, version);
        assertThat(count("orders CRITICAL", 0, 11) + count("orders HIGH", 0, 11))
                .isEqualTo(10);
        assertThat(turns.get(0)).isEqualTo("orders CRITICAL");
    }

    @Test
    void aLowerPriorityIsNeverStarved() {
        var version = engine.define(oneStep("orders"));
        watchTurns();
        start(version, Priority.CRITICAL, 2_000);
        start(version, Priority.LOW, 3);
        engine.worker(1, version);
        int first = turns.indexOf("orders LOW");
        assertThat(first).isBetween(0, 513);
        assertThat(count("orders LOW", 0, 1_600)).isEqualTo(3);
    }

    /** The law of ageing, counted in turns: of a class that waits one goes at least for each eight of the next higher one. */
    @Test
    void ofFourClassesThatWaitEachGoesWithinItsBound() {
        var version = engine.define(oneStep("orders"));
        watchTurns();
        start(version, Priority.CRITICAL, 2_400);
        start(version, Priority.HIGH, 320);
        start(version, Priority.NORMAL, 50);
        start(version, Priority.LOW, 10);
        engine.worker(1, version);
        // While all four wait: 1 + 8 + 64 + 512 turns are a round.
        assertThat(longestWait("orders LOW", 2_340)).isLessThanOrEqualTo(584);
        assertThat(longestWait("orders NORMAL", 2_340)).isLessThanOrEqualTo(73 + 1);
        assertThat(longestWait("orders HIGH", 2_340)).isLessThanOrEqualTo(9 + 1);
    }

    /** The most turns of others between two turns, or before the first. */
    private int longestWait(String turn, int among) {
        int longest = 0;
        int since = 0;
        for (var each : turns.subList(0, among)) {
            longest = Math.max(longest, since);
            since = each.equals(turn) ? 0 : since + 1;
        }
        return longest;
    }

    @Test
    void olderRunsGoFirstSoThatWhatHasBegunIsFinished() {
        var version = engine.define(
                workflow("two").step("first").step("second", "first").build());
        for (int i = 0; i < 50; i++) {
            engine.start(version);
        }
        var worker = engine.worker(1, version);
        assertThat(worker.assigned().subList(0, 4))
                .extracting(Effect.Assignment::step)
                .containsExactly("first", "second", "first", "second");
    }

    @Test
    void aStepOfSeveralSlotsIsNotStarvedByOneSlotSteps() {
        var narrow = engine.define(oneStep("narrow"));
        var wide = engine.define(
                workflow("wide").step("work", step -> step.slots(3)).build());
        var worker = engine.workerByHand(3, narrow, wide);
        start(narrow, Priority.NORMAL, 50);
        start(wide, Priority.NORMAL, 2);
        int ended = 0;
        for (var wides = 0; wides < 2; ended++) {
            assertThat(ended)
                    .as("ends of steps before both wide ones have gone")
                    .isLessThan(20);
            var attempt = worker.running().get(0);
            worker.end(attempt, value("1"));
            wides = (int) worker.assigned().stream()
                    .filter(assignment -> assignment.version().equals(wide))
                    .count();
        }
    }

    @Test
    void whatNobodyCanServeStandsInNobodysWay() {
        var orphan = engine.define(oneStep("orphan"));
        var busy = engine.define(oneStep("busy"));
        var free = engine.define(oneStep("free"));
        start(orphan, Priority.CRITICAL, 500);
        engine.workerByHand(1, busy);
        start(busy, Priority.CRITICAL, 500);
        var worker = engine.worker(1, free);
        start(free, Priority.LOW, 1);
        assertThat(worker.assigned()).hasSize(1);
    }

    @Test
    void aWorkflowThatCouldNotBeServedDoesNotMakeUpForAllOfIt() {
        var waiting = engine.define(oneStep("waiting"));
        var served = engine.define(oneStep("served"));
        start(waiting, Priority.NORMAL, 1_000);
        engine.worker(1, served).on("work", any -> value("1"));
        start(served, Priority.NORMAL, 2_000);
        engine.workers().get(0).drain();
        start(served, Priority.NORMAL, 1_000);
        var names = List.of("waiting", "served");
        var offered = new ArrayList<String>();
        var workflows = new LinkedHashMap<RunId, String>();
        engine.facts().forEach(fact -> {
            if (fact instanceof Fact.RunStarted started) {
                workflows.put(started.run(), started.version().workflow());
            }
        });
        engine.watch(fact -> {
            if (fact instanceof Fact.AttemptOffered offer) {
                offered.add(workflows.get(offer.attempt().run()));
            }
        });
        engine.worker(1, waiting, served);
        assertThat(offered.subList(0, 400)).containsAll(names);
        assertThat(offered.subList(0, 400).stream().filter("served"::equals).count())
                .as("a bounded credit, then every other turn")
                .isGreaterThan(150);
    }
}
