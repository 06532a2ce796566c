package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Command.Completion;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who gets an attempt, who keeps it, and whose word counts. */
class WorkersTest {
    private static final Duration GRACE = ShardSettings.DEFAULT.reconnectGrace();
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(oneStep("orders"));

    private RunImage.TaskImage task(RunId run) {
        return engine.run(run).tasks().get(0);
    }

    @Test
    void aWorkerWithMoreSlotsGetsAtOnceWhatDidNotFitThoseThatHadRoom() {
        var version = engine.define(
                workflow("wide").step("work", step -> step.slots(2)).build());
        engine.worker(1, version);
        engine.start(version);
        var wider = engine.worker(3, version);
        assertThat(wider.assigned()).hasSize(1);
    }

    @Test
    void nobodyGetsMoreThanItHasSlotsFor() {
        var worker = engine.workerByHand(3, version);
        for (int i = 0; i < 10; i++) {
            engine.start(version);
        }
        assertThat(worker.assigned()).hasSize(3);
        worker.end(worker.newest("work"), value("1"));
        assertThat(worker.assigned()).hasSize(4);
    }

    @Test
    void aStepThatTakesMoreSlotsWaitsForThemWithoutStandingInFrontOfOthers() {
        var wide = engine.define(
                workflow("wide").step("work", step -> step.slots(3)).build());
        var worker = engine.workerByHand(3, version, wide);
        engine.start(version);
        var first = worker.newest("work");
        engine.start(wide);
        engine.start(version);
        assertThat(worker.assigned()).extracting(Effect.Assignment::version).containsExactly(version, version);
        worker.end(worker.newest("work"), value("1"));
        worker.end(first, value("1"));
        assertThat(worker.assigned()).extracting(Effect.Assignment::version).containsExactly(version, version, wide);
    }

    @Test
    void theLeastLoadedWorkerWins() {
        var small = engine.workerByHand(2, version);
        var large = engine.workerByHand(3, version);
        for (int i = 0; i < 5; i++) {
            engine.start(version);
        }
        assertThat(large.assigned()).extracting(Effect.Assignment::attempt).hasSize(3);
        assertThat(small.assigned()).hasSize(2);
        assertThat(large.assigned().get(0).attempt().run().value())
                .isLessThan(small.assigned().get(0).attempt().run().value());
    }

    @Test
    void aWorkerServesEveryVersionOfEqualShapeAndNoOther() {
        var retagged = engine.define(workflow("orders").step("work").tag("new").build());
        var reshaped =
                engine.define(workflow("orders").step("work").step("more").build());
        var worker = engine.worker(9, version);
        engine.start(retagged);
        engine.start(reshaped);
        assertThat(retagged).isNotEqualTo(version);
        assertThat(worker.assigned()).extracting(Effect.Assignment::version).containsExactly(retagged);
    }

    @Test
    void aWorkerMayNameAVersionThatBecomesKnownLater() {
        var manifest = workflow("later").step("work").build();
        var worker = engine.worker(1, new VersionRef("later", manifest.hash()));
        var later = engine.define(manifest);
        assertThat(engine.run(engine.start(later)).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(worker.assigned()).hasSize(1);
    }

    @Test
    void aWorkerThatJoinsOthersGetsWhatTheyHadTooLittleRoomFor() {
        var version =
                engine.define(workflow("w").step("work", step -> step.slots(2)).build());
        engine.workerByHand(1, version);
        engine.start(version);
        var large = engine.workerByHand(4, version);
        assertThat(large.running()).hasSize(1);
    }

    @Test
    void theSlotsThatAnAttemptGivesBackAreFreeWhileItGoesOn() {
        var version = engine.define(workflow("w")
                .step("work", step -> step.slots(2).timeout(Duration.ofSeconds(30)))
                .build());
        var worker = engine.workerByHand(2, version);
        var first = engine.start(version);
        var second = engine.start(version);
        var attempt = worker.newest("work");
        worker.accept(attempt);
        worker.releaseSlots(attempt);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(first, second);
        worker.accept(worker.newest("work"));
        worker.releaseSlots(attempt);
        engine.start(version);
        assertThat(worker.running()).as("saying it twice frees nothing more").hasSize(2);
        engine.crashAndReconnect();
        engine.project();
        engine.crashAndReconnect();
        assertThat(worker.running()).as("nor does a takeover").hasSize(2);
        worker.end(attempt, value("1"));
        assertThat(engine.run(first).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(worker.running()).hasSize(1);
        worker.end(worker.newest("work"), value("1"));
        assertThat(worker.running()).hasSize(1);
    }

    @Test
    void anAttemptWithoutSlotsIsRecoveredAndTimesOutLikeAnyOther() {
        var version = engine.define(workflow("w")
                .step("work", step -> step.timeout(Duration.ofSeconds(30)))
                .build());
        var lost = engine.workerByHand(1, version);
        var run = engine.start(version);
        lost.accept(lost.newest("work"));
        lost.releaseSlots(lost.newest("work"));
        lost.die();
        var worker = engine.workerByHand(1, version);
        engine.advance(Duration.ofSeconds(10));
        assertThat(worker.newest("work").attempt()).isEqualTo(2);
        worker.accept(worker.newest("work"));
        worker.releaseSlots(worker.newest("work"));
        engine.advance(Duration.ofSeconds(30));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        engine.start(version);
        assertThat(worker.running()).as("and its slots are not held after it").isNotEmpty();
    }

    @Test
    void aWorkerThatIsSentAwayIsToldAndToldAgainWhenItComesBack() {
        var version = engine.define(oneStep("w"));
        var worker = engine.workerByHand(2, version);
        engine.start(version);
        var read = (Reply.WorkersRead)
                engine.ask(replyTo -> new Command.DrainWorker(replyTo, EngineHarness.TENANT, worker.id()));
        assertThat(read.workers()).extracting(WorkerStatus::draining).containsExactly(true);
        assertThat(timesSentAway()).isEqualTo(1);
        worker.disconnect();
        worker.connect();
        assertThat(timesSentAway()).isEqualTo(2);
        engine.start(version);
        assertThat(worker.running()).hasSize(1);
        var unknown = new WorkerId(new UUID(9, 9));
        engine.ask(replyTo -> new Command.DrainWorker(replyTo, EngineHarness.TENANT, unknown));
        assertThat(timesSentAway()).isEqualTo(2);
    }

    private long timesSentAway() {
        return engine.effects().stream()
                .filter(Effect.LeaveWorker.class::isInstance)
                .count();
    }

    @Test
    void aWorkerThatDrainsFinishesWhatItHasAndGetsNothingNew() {
        var worker = engine.workerByHand(2, version);
        engine.start(version);
        worker.drain();
        engine.start(version);
        assertThat(worker.assigned()).hasSize(1);
        worker.end(worker.newest("work"), value("1"));
        assertThat(worker.assigned()).hasSize(1);
        assertThat(worker.refused()).isEmpty();
    }

    @Test
    void aWorkerThatComesBackInTimeKeepsWhatItRuns() {
        var worker = engine.worker(1, version).on("work", any -> value("1", Duration.ofSeconds(60)));
        var run = engine.start(version);
        worker.disconnect();
        engine.advance(GRACE.minusMillis(1));
        worker.connect();
        assertThat(task(run).attempt()).isEqualTo(1);
        engine.advance(Duration.ofSeconds(60));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(worker.refused()).isEmpty();
    }

    @Test
    void theAttemptsOfAWorkerThatDoesNotComeBackGoElsewhereUncharged() {
        var worker = engine.worker(1, version).on("work", any -> value("1", Duration.ofSeconds(60)));
        var run = engine.start(version);
        var other = engine.worker(1, version);
        worker.disconnect();
        engine.advance(GRACE);
        assertThat(other.assigned()).hasSize(1);
        assertThat(task(run).charged()).isZero();
        worker.connect();
        engine.advance(Duration.ofSeconds(60));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.facts())
                .filteredOn(Fact.AttemptSucceeded.class::isInstance)
                .hasSize(1);
    }

    @Test
    void whatAReturningWorkerDoesNotNameIsLostAtOnce() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.accept(worker.newest("work"));
        worker.die();
        worker.connect();
        assertThat(task(run).attempt()).isEqualTo(2);
    }

    @Test
    void anotherStreamOfTheSameWorkerTakesOver() {
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        long before = worker.session();
        worker.connect();
        assertThat(engine.effects())
                .contains(new Effect.CloseWorker(
                        before,
                        "REPLACED",
                        "Another stream of worker " + worker.id() + " took over; this one is closed."));
        worker.end(worker.newest("work"), value("1"));
        assertThat(worker.refused()).isEmpty();
        engine.send(new Command.WorkerSays(before, List.of(), List.of(), List.of(), false));
        engine.send(new Command.DisconnectWorker(before));
        assertThat(worker.isConnected()).isTrue();
    }

    @Test
    void anAttemptGivenBackGoesElsewhereAtOnceAndUncharged() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var other = engine.worker(1, version);
        worker.giveBack(worker.newest("work"));
        assertThat(other.assigned()).hasSize(1);
        assertThat(task(run).charged()).isZero();
    }

    @Test
    void aWorkerThatGivesBackIsNotOfferedTheSameAgainAtOnce() {
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        worker.giveBack(worker.newest("work"));
        assertThat(worker.assigned()).hasSize(1);
        engine.advance(ShardSettings.DEFAULT.acceptLease());
        assertThat(worker.assigned()).hasSize(2);
    }

    @Test
    void aLostTaskGoesBeforeThoseThatStartedLater() {
        var worker = engine.workerByHand(1, version);
        var first = engine.start(version);
        engine.start(version);
        engine.start(version);
        worker.die();
        engine.advance(GRACE);
        var other = engine.workerByHand(1, version);
        assertThat(other.assigned().get(0).attempt().run()).isEqualTo(first);
    }

    @Test
    void aCompletionCountsAsAcceptance() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.end(worker.newest("work"), value("1"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.facts()).noneMatch(Fact.AttemptStarted.class::isInstance);
    }

    @Test
    void aStaleCompletionIsRefusedAndChangesNothing() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var stale = worker.newest("work");
        engine.advance(ShardSettings.DEFAULT.acceptLease());
        int before = engine.facts().size();
        worker.say(new Completion(1, stale, value("\"late\"").outcome()));
        assertThat(worker.refused()).extracting(Effect.RefusedCompletion::code).containsExactly("STALE_ATTEMPT");
        assertThat(engine.facts().subList(before, engine.facts().size()))
                .allMatch(Fact.AttemptOffered.class::isInstance);
        assertThat(task(run).attempt()).isEqualTo(2);
    }

    @Test
    void nobodyCompletesTheAttemptOfAnother() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var thief = engine.workerByHand(1, version);
        thief.say(new Completion(1, worker.newest("work"), value("\"stolen\"").outcome()));
        assertThat(thief.refused()).extracting(Effect.RefusedCompletion::code).containsExactly("STALE_ATTEMPT");
        var stranger = engine.worker(new TenantId(new UUID(7, 9)), 1, version);
        stranger.say(
                new Completion(1, worker.newest("work"), value("\"stolen\"").outcome()));
        assertThat(stranger.refused())
                .extracting(Effect.RefusedCompletion::code)
                .containsExactly("RUN_NOT_FOUND");
        assertThat(engine.run(run).state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void aCompletionSentAgainIsAcknowledgedAndNotRefused() {
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        var attempt = worker.newest("work");
        var completion = new Completion(1, attempt, value("1").outcome());
        worker.say(completion);
        worker.say(completion);
        assertThat(worker.refused()).isEmpty();
        engine.crash();
        engine.advance(Duration.ofMillis(1));
        worker.connect();
        worker.say(completion);
        assertThat(worker.refused()).isEmpty();
        assertThat(engine.facts())
                .filteredOn(Fact.AttemptSucceeded.class::isInstance)
                .hasSize(1);
    }

    @Test
    void anotherCompletionOfAnAttemptThatHasEndedIsRefused() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var attempt = worker.newest("work");
        worker.say(new Completion(1, attempt, value("1").outcome()));
        worker.say(new Completion(2, attempt, value("2").outcome()));
        assertThat(worker.refused()).extracting(Effect.RefusedCompletion::code).containsExactly("STALE_ATTEMPT");
        assertThat(task(run).result()).isEqualTo(EngineHarness.payload("1"));
    }

    @Test
    void aWorkerThatNumbersItsCompletionsFromTheBeginningAgainIsHeard() {
        var worker = engine.workerByHand(1, version);
        for (int i = 0; i < 3; i++) {
            engine.start(version);
            worker.end(worker.newest("work"), value("1"));
        }
        worker.die();
        worker.connect();
        var run = engine.start(version);
        worker.say(new Completion(1, worker.newest("work"), value("4").outcome()));
        assertThat(engine.effects()).endsWith(new Effect.AckCompletions(worker.session(), 1, List.of()));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void twoTenantsWhoseWorkersHaveTheSameIdDoNotMeet() {
        var elsewhere = new TenantId(new UUID(7, 9));
        engine.define(elsewhere, oneStep("orders"));
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var attempt = worker.newest("work");
        worker.accept(attempt);
        var twin =
                engine.absentWorker(elsewhere, worker.id(), 5, version).byHand().connect();
        assertThat(worker.closed()).as("its stream is not taken over").isEmpty();
        assertThat(twin.assigned()).isEmpty();
        twin.say(new Completion(1, attempt, value("\"stolen\"").outcome()));
        assertThat(twin.refused()).extracting(Effect.RefusedCompletion::code).containsExactly("RUN_NOT_FOUND");
        twin.die();
        engine.advance(GRACE);
        assertThat(task(run).attempt()).as("it is not lost with the other's").isEqualTo(1);
        worker.end(attempt, value("1"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void acknowledgementsNameTheLastOfTheirFrame() {
        var worker = engine.workerByHand(5, version);
        for (int i = 0; i < 3; i++) {
            engine.start(version);
        }
        var completions = worker.assigned().stream()
                .map(task -> new Completion(
                        task.attempt().run().value().getLeastSignificantBits(),
                        task.attempt(),
                        value("1").outcome()))
                .toList();
        engine.send(new Command.WorkerSays(worker.session(), List.of(), completions, List.of(), false));
        assertThat(engine.effects()).contains(new Effect.AckCompletions(worker.session(), 3, List.of()));
    }

    @Test
    void anUnknownStreamIsToldToConnectAgain() {
        engine.send(new Command.WorkerSays(99, List.of(), List.of(), List.of(), false));
        assertThat(engine.effects())
                .filteredOn(Effect.CloseWorker.class::isInstance)
                .singleElement()
                .extracting(effect -> ((Effect.CloseWorker) effect).code())
                .isEqualTo("SESSION_UNKNOWN");
    }

    @Test
    void aWorkerOfAnotherTenantGetsNothing() {
        var elsewhere = new TenantId(new UUID(7, 9));
        engine.define(elsewhere, oneStep("orders"));
        var stranger = engine.worker(elsewhere, 5, version);
        engine.start(version);
        assertThat(stranger.assigned()).isEmpty();
    }

    @Test
    void anAttemptThatItsWorkerStopsOfItsOwnAccordIsTriedAgain() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        engine.send(new Command.WorkerSays(
                worker.session(),
                List.of(),
                List.of(new Completion(1, worker.newest("work"), new Outcome.Cancelled())),
                List.of(),
                false));
        assertThat(task(run).attempt()).isEqualTo(2);
        assertThat(engine.run(run).metadata()).isEqualTo(Map.of());
    }
}
