package dev.millrace.engine;

import static dev.millrace.engine.harness.EngineHarness.TENANT;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Following, reading and cancelling, in memory and not. */
class InquiriesTest {
    private static final TenantId OTHER = new TenantId(new UUID(7, 9));
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(oneStep("orders"));

    private long follow(TenantId tenant, RunId run) {
        long replyTo = engine.newReply();
        engine.send(new Command.FollowRun(replyTo, tenant, run));
        return replyTo;
    }

    @Test
    void everyFollowerIsToldOnceWhenTheRunEnds() {
        var run = engine.start(version);
        long first = follow(TENANT, run);
        long second = follow(TENANT, run);
        long third = follow(TENANT, run);
        engine.send(new Command.Unfollow(List.of(second)));
        engine.worker(1, version);
        long late = follow(TENANT, run);
        for (long told : List.of(first, third, late)) {
            assertThat(((Reply.RunEnded) engine.reply(told).orElseThrow())
                            .image()
                            .state())
                    .isEqualTo(RunState.SUCCEEDED);
        }
        assertThat(engine.reply(second)).isEmpty();
    }

    @Test
    void anEndedRunThatIsNotInMemoryAnyMoreIsLoadedOnceForAllWhoAsk() {
        engine.worker(1, version);
        var run = engine.start(version);
        engine.project();
        engine.leaveLoads();
        long follower = follow(TENANT, run);
        long reader = engine.newReply();
        engine.send(new Command.ReadRun(reader, TENANT, run));
        long canceller = engine.newReply();
        engine.send(new Command.CancelRun(canceller, TENANT, run, "late"));
        long gone = follow(TENANT, run);
        engine.send(new Command.Unfollow(List.of(gone)));
        var loads = engine.effects().stream()
                .filter(Effect.LoadRun.class::isInstance)
                .toList();
        assertThat(loads).hasSize(1);
        engine.send(new Command.RunLoaded(
                ((Effect.LoadRun) loads.get(0)).load(), engine.snapshots().run(TENANT, run)));
        assertThat(engine.reply(follower).orElseThrow()).isInstanceOf(Reply.RunEnded.class);
        assertThat(engine.reply(reader).orElseThrow()).isInstanceOf(Reply.RunRead.class);
        assertThat(engine.reply(canceller)).contains(new Reply.CancelDecided(false, RunState.SUCCEEDED));
        assertThat(engine.reply(gone)).isEmpty();
        assertThat(engine.shard().residentRuns()).as("answered and not kept").isZero();
    }

    @Test
    void aRunThatThereIsNotIsNotFound() {
        assertThat(engine.ask(replyTo -> new Command.ReadRun(replyTo, TENANT, engine.newRun())))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("RUN_NOT_FOUND"));
    }

    @Test
    void aRunOfAnotherTenantIsNotFoundWhereverItIs() {
        engine.worker(1, version);
        var ended = engine.start(version);
        engine.project();
        var active = engine.start(version);
        for (var run : List.of(ended, active)) {
            assertThat(engine.ask(replyTo -> new Command.ReadRun(replyTo, OTHER, run)))
                    .isInstanceOf(Reply.Refused.class);
            assertThat(engine.ask(replyTo -> new Command.FollowRun(replyTo, OTHER, run)))
                    .isInstanceOf(Reply.Refused.class);
            assertThat(engine.ask(replyTo -> new Command.CancelRun(replyTo, OTHER, run, "mine")))
                    .isInstanceOf(Reply.Refused.class);
        }
    }

    @Test
    void aReadShowsEveryTransitionThatIsNotProjected() {
        var run = engine.start(version);
        assertThat(engine.run(run).history()).hasSize(2);
        engine.captureOnly();
        assertThat(engine.run(run).history())
                .as("captured, but perhaps not stored")
                .hasSize(2);
        engine.shard().projected();
        assertThat(engine.run(run).history()).isEmpty();
    }

    @Test
    void aRunThatEndsBetweenCaptureAndProjectionIsCapturedAgain() {
        var run = engine.start(version);
        engine.captureOnly();
        engine.worker(1, version);
        engine.shard().projected();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.captureOnly())
                .singleElement()
                .satisfies(image -> assertThat(image.state()).isEqualTo(RunState.SUCCEEDED))
                .satisfies(image -> assertThat(image.isNew()).isFalse());
    }

    @Test
    void aRunThatStartsAndEndsBetweenTwoPassesIsCapturedOnceWithItsWholeHistory() {
        engine.worker(1, version);
        engine.start(version);
        assertThat(engine.captureOnly()).singleElement().satisfies(image -> {
            assertThat(image.isNew()).isTrue();
            assertThat(image.history()).hasSize(7);
        });
        engine.shard().projected();
        assertThat(engine.captureOnly()).isEmpty();
    }
}
