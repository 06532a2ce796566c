package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which worker an attempt is given to. */
class PlacementTest {
    private final EngineHarness engine = new EngineHarness();

    private static Manifest requiring(String name, LabelRequirement... requirements) {
        return workflow(name)
                .step(
                        "work",
                        step -> step.placement(new PlacementSpec(List.of(requirements), List.of(), Stickiness.NONE)))
                .build();
    }

    private static Manifest sticky(Stickiness stickiness) {
        return workflow("w")
                .step("first")
                .step(
                        "second",
                        step -> step.from("first").placement(new PlacementSpec(List.of(), List.of(), stickiness)))
                .build();
    }

    private FakeWorker worker(int slots, Map<String, String> labels, VersionRef... served) {
        return engine.absentWorker(slots, served).labels(labels).byHand().connect();
    }

    private Hold onlyHold(RunId run, int node) {
        var explained = (Reply.Explained)
                engine.ask(replyTo -> new Command.Explain(replyTo, EngineHarness.TENANT, run, node, 0));
        assertThat(explained.holds()).hasSize(1);
        return explained.holds().get(0);
    }

    // ---- labels ----

    @Test
    void whatRequiresALabelGoesOnlyToWorkersThatHaveIt() {
        var version = engine.define(requiring("w", new LabelRequirement("memory-gb", LabelComparator.AT_LEAST, "32")));
        var small = worker(10, Map.of("memory-gb", "16"), version);
        worker(10, Map.of(), version);
        var waits = engine.start(version);
        assertThat(onlyHold(waits, 0).gate()).isEqualTo(Gate.NO_MATCHING_WORKER);
        assertThat(onlyHold(waits, 0).help()).contains("'memory-gb' is at least \"32\"");
        var large = worker(10, Map.of("memory-gb", "64"), version);
        assertThat(large.running()).extracting(AttemptRef::run).containsExactly(waits);
        assertThat(small.running()).isEmpty();
    }

    @Test
    void afterTheDeathOfOneFittingWorkerAnotherOneGetsTheStep() {
        var version = engine.define(requiring("w", new LabelRequirement("region", LabelComparator.EQUAL, "eu")));
        var first = worker(10, Map.of("region", "eu"), version);
        engine.start(version);
        assertThat(first.running()).hasSize(1);
        var other = worker(10, Map.of("region", "us"), version);
        var second = worker(10, Map.of("region", "eu"), version);
        first.die();
        engine.advance(Duration.ofSeconds(10));
        assertThat(second.running()).hasSize(1);
        assertThat(other.running()).isEmpty();
    }

    @Test
    void allRequirementsHoldTogether() {
        var version = engine.define(requiring(
                "w",
                new LabelRequirement("region", LabelComparator.EQUAL, "eu"),
                new LabelRequirement("gpu", LabelComparator.NOT_EQUAL, "none")));
        worker(1, Map.of("region", "eu", "gpu", "none"), version);
        worker(1, Map.of("region", "us", "gpu", "a100"), version);
        var fits = worker(1, Map.of("region", "eu"), version);
        engine.start(version);
        engine.start(version);
        assertThat(fits.running()).hasSize(1);
        assertThat(engine.workers())
                .filteredOn(worker -> !worker.running().isEmpty())
                .hasSize(1);
    }

    @Test
    void workersThatWereThereBeforeAnybodyAskedAreLookedAtAgain() {
        var plain = engine.define(oneStep("plain"));
        var demanding = requiring("demanding", new LabelRequirement("gpu", LabelComparator.EQUAL, "a100"));
        var version = new VersionRef(demanding.workflow(), demanding.hash());
        worker(1, Map.of(), plain, version);
        var fits = worker(1, Map.of("gpu", "a100"), plain, version);
        engine.define(demanding);
        var run = engine.start(version);
        assertThat(fits.running()).extracting(AttemptRef::run).containsExactly(run);
    }

    @Test
    void whatNoWorkerIsLikeStandsInNobodysWay() {
        var picky = engine.define(requiring("picky", new LabelRequirement("gpu", LabelComparator.EQUAL, "a100")));
        var plain = engine.define(oneStep("plain"));
        for (int i = 0; i < 1_000; i++) {
            engine.start(picky);
        }
        var worker = worker(1, Map.of(), picky, plain);
        var run = engine.start(plain);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(run);
    }

    @Test
    void thePreferredWorkerIsTakenWhileItHasRoomAndThenAnother() {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.placement(new PlacementSpec(
                                List.of(),
                                List.of(
                                        new LabelPreference("disk", LabelComparator.EQUAL, "ssd", 5),
                                        new LabelPreference("zone", LabelComparator.EQUAL, "a", 1)),
                                Stickiness.NONE)))
                .build());
        var other = worker(10, Map.of("disk", "hdd", "zone", "a"), version);
        var good = worker(1, Map.of("disk", "ssd"), version);
        var best = worker(1, Map.of("disk", "ssd", "zone", "a"), version);
        for (int i = 0; i < 3; i++) {
            engine.start(version);
        }
        assertThat(best.assigned()).hasSize(1);
        assertThat(good.assigned()).hasSize(1);
        assertThat(other.assigned()).hasSize(1);
        assertThat(best.assigned().get(0).attempt().run().value())
                .isLessThan(good.assigned().get(0).attempt().run().value());
    }

    // ---- where the run was last ----

    @Test
    void aStepThatLikesItThereGoesWhereItsRunWasLastIfThereIsRoom() {
        var version = engine.define(sticky(Stickiness.SOFT));
        var last = worker(2, Map.of(), version);
        var run = engine.start(version);
        var idle = worker(10, Map.of(), version);
        last.end(last.newest("first"), value("1"));
        assertThat(last.running()).extracting(AttemptRef::run).containsExactly(run);
        last.end(last.newest("second"), value("1"));
        assertThat(idle.assigned()).isEmpty();
    }

    @Test
    void withoutRoomThereItGoesElsewhere() {
        var version = engine.define(sticky(Stickiness.SOFT));
        var last = worker(1, Map.of(), version);
        engine.start(version);
        var idle = worker(10, Map.of(), version);
        last.drain();
        last.end(last.newest("first"), value("1"));
        assertThat(idle.assigned()).extracting(Effect.Assignment::step).containsExactly("second");
    }

    @Test
    void aStepThatMustGoThereWaitsForIt() {
        var version = engine.define(sticky(Stickiness.HARD));
        var other = engine.define(oneStep("other"));
        var last = worker(1, Map.of(), version, other);
        var run = engine.start(version);
        engine.start(other);
        var idle = worker(10, Map.of(), version);
        last.end(last.newest("first"), value("1"));
        last.disconnect();
        assertThat(idle.running()).isEmpty();
        assertThat(onlyHold(run, 1).gate()).isEqualTo(Gate.STICKY_WORKER);
        assertThat(onlyHold(run, 1).name()).isEqualTo(last.id().toString());
        last.connect();
        assertThat(last.running()).extracting(AttemptRef::run).doesNotContain(run);
        last.end(last.newest("work"), value("1"));
        assertThat(last.running()).extracting(AttemptRef::run).containsExactly(run);
    }

    @Test
    void onceThatWorkerHasLeftForGoodItMayGoAnywhere() {
        var version = engine.define(sticky(Stickiness.HARD));
        var last = worker(1, Map.of(), version);
        engine.start(version);
        var idle = worker(10, Map.of(), version);
        engine.send(new Command.ConfigChanged(
                EngineHarness.TENANT, new TenantConfig(Map.of(), Map.of(), Map.of(), Set.of(last.id()))));
        last.end(last.newest("first"), value("1"));
        last.die();
        assertThat(idle.running()).isEmpty();
        engine.advance(Duration.ofSeconds(10));
        assertThat(idle.running()).hasSize(1);
    }

    private RunId start(VersionRef version, Map<String, String> requires) {
        var plain = engine.starting(version, "{}");
        return engine.start(new Command.RunStart(
                plain.run(),
                plain.version(),
                plain.input(),
                plain.idempotencyKey(),
                plain.digest(),
                plain.priority(),
                plain.metadata(),
                plain.deadline(),
                plain.follow(),
                RunTerms.NONE.requiring(requires)));
    }

    @Test
    void whatARunRequiresGoesBeforeWhatItsStepsSayOfTheSameLabel() {
        var us = new PlacementSpec(
                List.of(new LabelRequirement("region", LabelComparator.EQUAL, "us")), List.of(), Stickiness.NONE);
        var version = engine.define(workflow("w")
                .step("first", step -> step.placement(us))
                .step("second", step -> step.from("first"))
                .build());
        var american = worker(10, Map.of("region", "us"), version);
        var european = worker(10, Map.of("region", "eu"), version);
        engine.start(version);
        assertThat(american.running()).hasSize(1);
        var run = start(version, Map.of("region", "eu"));
        assertThat(european.running()).extracting(AttemptRef::run).containsExactly(run);
        engine.project();
        engine.crashAndReconnect();
        european.end(european.newest("first"), value("1"));
        assertThat(european.newest("second").run()).isEqualTo(run);
        european.end(european.newest("second"), value("1"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(run).terms().requires()).isEqualTo(Map.of("region", "eu"));
    }

    @Test
    void aLabelThatOnlyARunAsksForIsWaitedFor() {
        var version = engine.define(oneStep("w"));
        var plain = worker(10, Map.of("zone", "a"), version);
        var run = start(version, Map.of("zone", "b"));
        assertThat(plain.running()).isEmpty();
        assertThat(onlyHold(run, 0).gate()).isEqualTo(Gate.NO_MATCHING_WORKER);
        var other = worker(10, Map.of("zone", "b"), version);
        assertThat(other.running()).extracting(AttemptRef::run).containsExactly(run);
    }

    @Test
    void aWorkerThatDrainsIsNotWaitedFor() {
        var version = engine.define(sticky(Stickiness.HARD));
        var last = worker(1, Map.of(), version);
        engine.start(version);
        var idle = worker(10, Map.of(), version);
        last.drain();
        last.end(last.newest("first"), value("1"));
        assertThat(idle.assigned()).extracting(Effect.Assignment::step).containsExactly("second");
    }

    @Test
    void whatWaitsForAWorkerGoesElsewhereWhenSomebodySendsThatOneAway() {
        var version = engine.define(sticky(Stickiness.HARD));
        var other = engine.define(oneStep("other"));
        var last = worker(1, Map.of(), version, other);
        engine.start(version);
        engine.start(other);
        var idle = worker(10, Map.of(), version);
        last.end(last.newest("first"), value("1"));
        assertThat(idle.running()).isEmpty();
        engine.ask(replyTo -> new Command.DrainWorker(replyTo, EngineHarness.TENANT, last.id()));
        assertThat(idle.assigned()).extracting(Effect.Assignment::step).containsExactly("second");
        assertThat(last.running()).as("it keeps what it has").hasSize(1);
    }

    @Test
    void aTakeoverDoesNotSendItElsewhereBeforeThatWorkerCouldComeBack() {
        var version = engine.define(sticky(Stickiness.HARD));
        var last = worker(1, Map.of(), version);
        engine.start(version);
        last.drain();
        last.end(last.newest("first"), value("1"));
        engine.project();
        engine.crash();
        var idle = worker(10, Map.of(), version);
        assertThat(idle.running()).isEmpty();
        last.connect();
        assertThat(last.assigned()).extracting(Effect.Assignment::step).contains("second");
    }

    /** The worker of the first step is there, but not as the second requires. */
    @Test
    void aWorkerThatIsNotAsRequiredIsNotWaitedFor() {
        var version = engine.define(stickyIn("eu"));
        var last = worker(9, Map.of("region", "us"), version);
        var run = engine.start(version);
        last.end(last.newest("first"), value("1"));
        assertThat(onlyHold(run, 1).gate()).isEqualTo(Gate.NO_MATCHING_WORKER);

        var right = worker(1, Map.of("region", "eu"), version);
        assertThat(right.assigned()).extracting(Effect.Assignment::step).containsExactly("second");
    }

    @Test
    void aWorkerThatComesBackOtherwiseIsNotWaitedFor() {
        var version = engine.define(stickyIn("eu"));
        var other = engine.define(oneStep("other"));
        var last = worker(1, Map.of("region", "eu"), version, other);
        engine.start(version);
        engine.start(other);
        var right = worker(1, Map.of("region", "eu"), version);
        last.end(last.newest("first"), value("1"));
        last.disconnect();
        assertThat(right.assigned()).isEmpty();

        last.labels(Map.of("region", "us")).connect();
        assertThat(right.assigned()).extracting(Effect.Assignment::step).containsExactly("second");
    }

    @Test
    void theQueueTimeoutOfWhatNoWorkerIsLikeSaysSo() {
        var version = engine.define(requiring("w", new LabelRequirement("region", LabelComparator.EQUAL, "eu")));
        worker(1, Map.of("region", "us"), version);
        var run = engine.start(version);
        engine.advance(Duration.ofDays(1));

        var failure = engine.run(run).tasks().get(0).failure().orElseThrow();
        assertThat(failure.type()).isEqualTo(Failure.NO_COMPATIBLE_WORKER);
        assertThat(failure.message()).contains("'region' is \"eu\"");
    }

    private static Manifest stickyIn(String region) {
        return workflow("w")
                .step("first")
                .step(
                        "second",
                        step -> step.from("first")
                                .placement(new PlacementSpec(
                                        List.of(new LabelRequirement("region", LabelComparator.EQUAL, region)),
                                        List.of(),
                                        Stickiness.HARD)))
                .build();
    }

    @Test
    void amongWorkersThatAreAsGoodTheLeastLoadedIsTaken() {
        var version = engine.define(oneStep("w"));
        var one = worker(3, Map.of("any", "1"), version);
        var other = worker(3, Map.of("any", "2"), version);
        for (int i = 0; i < 4; i++) {
            engine.start(version);
        }
        assertThat(one.running()).hasSize(2);
        assertThat(other.running()).hasSize(2);
    }

    // ---- slots of kinds that have a name ----

    private static Manifest rendering(String name, int slots) {
        return workflow(name)
                .step("work", step -> step.slots("gpu", slots).retries(5))
                .build();
    }

    private FakeWorker worker(int slots, int gpus, VersionRef... served) {
        return engine.absentWorker(slots, served)
                .slotKinds(Map.of("gpu", gpus))
                .byHand()
                .connect();
    }

    @Test
    void slotsOfAKindAreCountedApartFromTheOthers() {
        var plain = engine.define(workflow("plain").step("work").build());
        var render = engine.define(rendering("render", 1));
        var worker = worker(3, 2, plain, render);
        for (int i = 0; i < 5; i++) {
            engine.start(plain);
            engine.start(render);
        }
        assertThat(worker.assigned())
                .filteredOn(task -> task.version().equals(plain))
                .hasSize(3);
        assertThat(worker.assigned())
                .filteredOn(task -> task.version().equals(render))
                .hasSize(2);
        var ended = worker.assigned().stream()
                .filter(task -> task.version().equals(render))
                .findFirst()
                .orElseThrow();
        worker.end(ended.attempt(), value("1"));
        assertThat(worker.assigned())
                .filteredOn(task -> task.version().equals(render))
                .hasSize(3);
        assertThat(worker.assigned())
                .filteredOn(task -> task.version().equals(plain))
                .hasSize(3);
    }

    @Test
    void aStepWaitsForAWorkerThatHasSlotsOfItsKindAndSaysSo() {
        var version = engine.define(rendering("render", 2));
        var none = engine.absentWorker(10, version).byHand().connect();
        var small = worker(10, 1, version);
        var waits = engine.start(version);
        assertThat(onlyHold(waits, 0).gate()).isEqualTo(Gate.NO_WORKER_LARGE_ENOUGH);
        assertThat(onlyHold(waits, 0).help()).contains("It takes 2 slots of kind 'gpu'");
        var large = worker(1, 2, version);
        assertThat(large.running()).extracting(AttemptRef::run).containsExactly(waits);
        var next = engine.start(version);
        assertThat(onlyHold(next, 0).gate()).isEqualTo(Gate.SLOTS_TAKEN);
        assertThat(onlyHold(next, 0).limit()).as("of that kind, of all workers").isEqualTo(3);
        assertThat(onlyHold(next, 0).taken()).isEqualTo(2);
        assertThat(onlyHold(next, 0).help()).contains("2 slots of kind 'gpu' are free");
        assertThat(none.running()).isEmpty();
        assertThat(small.running()).isEmpty();
    }

    @Test
    void slotsOfAKindFollowFromLiveAttemptsAcrossCrashesAndReconnects() {
        var version = engine.define(rendering("render", 1));
        var worker = worker(10, 2, version);
        for (int i = 0; i < 4; i++) {
            engine.start(version);
        }
        engine.crashAndReconnect();
        assertThat(worker.running()).hasSize(2);
        assertThat(worker.assigned()).as("none beyond them").hasSize(2);
        worker.disconnect();
        worker.slotKinds(Map.of("gpu", 1)).connect();
        worker.end(worker.running().get(0), value("1"));
        assertThat(worker.running()).as("it came back with fewer than it uses").hasSize(1);
        worker.end(worker.running().get(0), value("1"));
        assertThat(worker.running()).hasSize(1);
        worker.end(worker.running().get(0), value("1"));
        worker.end(worker.running().get(0), value("1"));
        var status = ((Reply.WorkersRead) engine.ask(replyTo -> new Command.ReadWorkers(replyTo, EngineHarness.TENANT)))
                .workers()
                .get(0);
        assertThat(status.kindsTaken()).isEqualTo(Map.of("gpu", 0));
    }

    @Test
    void aReleasedAttemptGivesItsSlotsOfAKindBack() {
        var version = engine.define(rendering("render", 1));
        var worker = worker(10, 1, version);
        var first = engine.start(version);
        engine.start(version);
        worker.accept(worker.running().get(0));
        worker.releaseSlots(worker.running().get(0));
        assertThat(worker.running()).hasSize(2);
        worker.die();
        engine.advance(Duration.ofSeconds(30));
        var other = worker(10, 2, version);
        assertThat(other.running())
                .as("what was released is recovered too")
                .extracting(AttemptRef::run)
                .contains(first);
    }

    @Test
    void aWideStepOfAKindIsNotStarvedByNarrowOnes() {
        var narrow = engine.define(rendering("narrow", 1));
        var wide = engine.define(rendering("wide", 3));
        var worker = worker(1, 3, narrow, wide);
        for (int i = 0; i < 50; i++) {
            engine.start(narrow);
        }
        engine.start(wide);
        for (int ended = 0;
                worker.assigned().stream().noneMatch(task -> task.version().equals(wide));
                ended++) {
            assertThat(ended).as("ends of narrow ones").isLessThan(20);
            worker.end(worker.running().get(0), value("1"));
        }
    }

    @Test
    void aStickyStepGoesBackToItsWorkerForSlotsOfAKind() {
        var version = engine.define(workflow("w")
                .step("first")
                .step(
                        "second",
                        step -> step.from("first")
                                .slots("gpu", 1)
                                .placement(new PlacementSpec(List.of(), List.of(), Stickiness.HARD)))
                .build());
        var first = worker(1, 1, version);
        var run = engine.start(version);
        worker(5, 5, version);
        first.end(first.running().get(0), value("1"));
        assertThat(first.running()).extracting(AttemptRef::run).containsExactly(run);
    }
}
