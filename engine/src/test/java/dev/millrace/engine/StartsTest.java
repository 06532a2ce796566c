package dev.millrace.engine;

import static dev.millrace.engine.harness.EngineHarness.TENANT;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Starts, their requests and their idempotency keys. */
class StartsTest {
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(oneStep("orders"));
    private final UUID request = new UUID(4, 4);

    private Command.RunStart keyed(String key, String digest) {
        return new Command.RunStart(
                engine.newRun(),
                version,
                EngineHarness.payload("{}"),
                Optional.of(key),
                digest,
                Priority.NORMAL,
                Map.of(),
                Optional.empty(),
                0);
    }

    private List<StartOutcome> start(UUID name, boolean again, Command.RunStart... starts) {
        return outcomes(engine.ask(replyTo -> new Command.StartRuns(replyTo, TENANT, name, again, List.of(starts))));
    }

    private static List<StartOutcome> outcomes(Reply reply) {
        return ((Reply.RunsStarted) reply).outcomes();
    }

    private static RunId run(StartOutcome outcome) {
        return ((StartOutcome.Started) outcome).run();
    }

    private long started() {
        return engine.facts().stream().filter(Fact.RunStarted.class::isInstance).count();
    }

    @Test
    void eachStartOfABatchIsAcceptedOrRefusedByItself() {
        var unknown = new Command.RunStart(
                engine.newRun(),
                new VersionRef("orders", "nope"),
                Payload.NONE,
                Optional.empty(),
                "",
                Priority.NORMAL,
                Map.of(),
                Optional.empty(),
                0);
        var good = engine.starting(version, "{}");
        var outcomes = start(request, false, unknown, good);
        assertThat(outcomes.get(0))
                .isInstanceOfSatisfying(
                        StartOutcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("WORKFLOW_NOT_FOUND"));
        assertThat(outcomes.get(1)).isEqualTo(new StartOutcome.Started(good.run(), false));
    }

    @Test
    void theSameRequestAgainGetsTheSameRuns() {
        var first = start(request, false, engine.starting(version, "{}"), engine.starting(version, "{}"));
        var again = start(request, true, engine.starting(version, "{}"), engine.starting(version, "{}"));
        assertThat(again)
                .containsExactly(
                        new StartOutcome.Started(run(first.get(0)), true),
                        new StartOutcome.Started(run(first.get(1)), true));
        assertThat(started()).isEqualTo(2);
    }

    @Test
    void theSameRequestAgainIsKnownAfterACrashAndAfterItsProjection() {
        var first = run(start(request, false, engine.starting(version, "{}")).get(0));
        engine.crash();
        assertThat(run(start(request, true, engine.starting(version, "{}")).get(0)))
                .isEqualTo(first);
        engine.project();
        assertThat(run(start(request, true, engine.starting(version, "{}")).get(0)))
                .isEqualTo(first);
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void aRequestIdCannotBeUsedForAnotherBatch() {
        start(request, false, engine.starting(version, "{}"));
        var reply = engine.ask(replyTo -> new Command.StartRuns(
                replyTo,
                TENANT,
                request,
                true,
                List.of(engine.starting(version, "{}"), engine.starting(version, "{}"))));
        assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("REQUEST_CONFLICT"));
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void anIdempotencyKeyStartsOneRunEvenWithinOneBatch() {
        var outcomes = start(request, false, keyed("k", "d"), keyed("k", "d"), keyed("other", "d"));
        assertThat(outcomes.get(1)).isEqualTo(new StartOutcome.Started(run(outcomes.get(0)), true));
        assertThat(started()).isEqualTo(2);
        engine.project();
        assertThat(start(new UUID(4, 5), false, keyed("k", "d")).get(0))
                .isEqualTo(new StartOutcome.Started(run(outcomes.get(0)), true));
    }

    @Test
    void anIdempotencyKeyWithAnotherInputIsAConflictThatNamesTheRun() {
        var first = run(start(request, false, keyed("k", "d")).get(0));
        assertThat(start(new UUID(4, 5), false, keyed("k", "e")).get(0))
                .isInstanceOfSatisfying(StartOutcome.Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo("IDEMPOTENCY_CONFLICT");
                    assertThat(refused.message()).contains(first.toString(), "'k'");
                });
    }

    @Test
    void aKeyWithATimeToLiveStartsAnotherRunAfterIt() {
        var first = run(start(request, false, living("k", "d", new KeyLife.For(Duration.ofHours(1))))
                .get(0));
        engine.project();
        engine.advance(Duration.ofMinutes(59));
        assertThat(again(living("k", "d", new KeyLife.For(Duration.ofHours(1)))))
                .isEqualTo(new StartOutcome.Started(first, true));
        assertThat(again(keyed("k", "other"))).isInstanceOf(StartOutcome.Refused.class);
        engine.advance(Duration.ofMinutes(1));
        var second = again(living("k", "other", new KeyLife.For(Duration.ofHours(1))));
        assertThat(second)
                .isInstanceOfSatisfying(
                        StartOutcome.Started.class,
                        started -> assertThat(started.existing()).isFalse());
        engine.crash();
        assertThat(again(keyed("k", "other"))).isEqualTo(new StartOutcome.Started(run(second), true));
        engine.project();
        assertThat(again(keyed("k", "other"))).isEqualTo(new StartOutcome.Started(run(second), true));
    }

    @Test
    void aKeyUntilFinishedBelongsToItsRunUntilThatHasEndedHowever() {
        var first = run(start(request, false, living("k", "d", new KeyLife.UntilFinished()))
                .get(0));
        assertThat(again(living("k", "d", new KeyLife.UntilFinished())))
                .isEqualTo(new StartOutcome.Started(first, true));
        assertThat(again(living("k", "e", new KeyLife.UntilFinished()))).isInstanceOf(StartOutcome.Refused.class);
        engine.cancel(first, "enough");
        var second = again(living("k", "e", new KeyLife.UntilFinished()));
        assertThat(run(second)).isNotEqualTo(first);
        assertThat(started()).isEqualTo(2);
        engine.project();
        engine.crash();
        assertThat(again(living("k", "e", new KeyLife.UntilFinished())))
                .isEqualTo(new StartOutcome.Started(run(second), true));
        engine.cancel(run(second), "enough");
        engine.project();
        engine.crash();
        assertThat(run(again(living("k", "f", new KeyLife.UntilFinished())))).isNotEqualTo(run(second));
        assertThat(started()).isEqualTo(3);
    }

    private Command.RunStart living(String key, String digest, KeyLife life) {
        var plain = keyed(key, digest);
        return new Command.RunStart(
                plain.run(),
                plain.version(),
                plain.input(),
                plain.idempotencyKey(),
                plain.digest(),
                plain.priority(),
                plain.metadata(),
                plain.deadline(),
                plain.follow(),
                plain.terms(),
                life);
    }

    private StartOutcome again(Command.RunStart start) {
        return start(engine.newRequest(), false, start).get(0);
    }

    @Test
    void keysBelongToTheirTenant() {
        start(request, false, keyed("k", "d"));
        var elsewhere = new TenantId(new UUID(7, 9));
        engine.define(elsewhere, oneStep("orders"));
        var outcome = outcomes(engine.ask(
                        replyTo -> new Command.StartRuns(replyTo, elsewhere, request, true, List.of(keyed("k", "d")))))
                .get(0);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        StartOutcome.Started.class,
                        started -> assertThat(started.existing()).isFalse());
    }

    @Test
    void laterStartsOfAKeyWaitBehindTheOneThatIsLoaded() {
        engine.leaveLoads();
        var replies = new ArrayList<Long>();
        for (int i = 0; i < 3; i++) {
            long replyTo = engine.newReply();
            replies.add(replyTo);
            engine.send(new Command.StartRuns(replyTo, TENANT, engine.newRequest(), false, List.of(keyed("k", "d"))));
        }
        var loads = engine.effects().stream()
                .filter(Effect.LoadKeys.class::isInstance)
                .map(Effect.LoadKeys.class::cast)
                .toList();
        assertThat(loads).hasSize(1);
        assertThat(started()).isZero();
        engine.send(new Command.KeysLoaded(loads.get(0).load(), List.of()));
        var outcomes = replies.stream()
                .map(replyTo -> outcomes(engine.reply(replyTo).orElseThrow()).get(0))
                .toList();
        assertThat(outcomes.stream().map(StartsTest::run).distinct()).hasSize(1);
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void aKeyClaimedAndProjectedWhileAnotherStartWaitsIsNotForgotten() {
        engine.leaveLoads();
        long slow = engine.newReply();
        engine.send(
                new Command.StartRuns(slow, TENANT, new UUID(4, 1), true, List.of(keyed("k", "d"), keyed("l", "d"))));
        var first = (Effect.LoadKeys) engine.effects().get(engine.effects().size() - 1);
        engine.send(new Command.KeysLoaded(first.load(), List.of()));
        var run = run(outcomes(engine.reply(slow).orElseThrow()).get(0));

        long waiting = engine.newReply();
        engine.send(new Command.StartRuns(
                waiting, TENANT, new UUID(4, 2), true, List.of(keyed("k", "d"), keyed("m", "d"))));
        engine.project();
        engine.project();
        var second = (Effect.LoadKeys) engine.effects().get(engine.effects().size() - 1);
        engine.send(new Command.KeysLoaded(second.load(), engine.snapshots().keys(second.keys())));
        assertThat(run(outcomes(engine.reply(waiting).orElseThrow()).get(0))).isEqualTo(run);
    }

    @Test
    void aRequestWhoseFirstCopyComesAfterItsSecondStartsOnce() {
        var late = engine.newRequest();
        var run = run(start(late, true, engine.starting(version, "{}")).get(0));
        engine.project();
        engine.project();
        assertThat(run(start(late, false, engine.starting(version, "{}")).get(0)))
                .as("still in memory")
                .isEqualTo(run);
        engine.crash();
        assertThat(run(start(late, false, engine.starting(version, "{}")).get(0)))
                .as("a new owner looks it up")
                .isEqualTo(run);
        engine.advance(Duration.ofMinutes(5));
        engine.project();
        assertThat(run(start(late, false, engine.starting(version, "{}")).get(0)))
                .as("an old id is looked up")
                .isEqualTo(run);
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void onlyRequestsThatWereMadeJustNowAreNotLookedUp() {
        engine.start(version);
        engine.project();
        assertThat(lookUps()).as("made now").isZero();
        start(new UUID(4, 4), false, engine.starting(version, "{}"));
        assertThat(lookUps()).as("without a time").isEqualTo(1);
        var old = engine.newRequest();
        engine.advance(Duration.ofSeconds(6));
        start(old, false, engine.starting(version, "{}"));
        assertThat(lookUps()).as("six seconds old").isEqualTo(2);
        engine.crash();
        engine.start(version);
        assertThat(lookUps()).as("a new owner has not seen what was claimed").isEqualTo(3);
        engine.advance(Duration.ofSeconds(61));
        engine.start(version);
        assertThat(lookUps()).as("now it has").isEqualTo(3);
    }

    private long lookUps() {
        return engine.effects().stream()
                .filter(Effect.LoadKeys.class::isInstance)
                .count();
    }

    @Test
    void aShardThatIsFullStartsNothing() {
        var full = new EngineHarness(new ShardSettings(Duration.ofSeconds(5), Duration.ofSeconds(10), 2));
        var orders = full.define(oneStep("orders"));
        full.start(orders);
        var reply = full.ask(replyTo -> new Command.StartRuns(
                replyTo,
                TENANT,
                full.newRequest(),
                false,
                List.of(full.starting(orders, "{}"), full.starting(orders, "{}"))));
        assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("OVERLOADED"));
        assertThat(full.shard().residentRuns()).isEqualTo(1);
    }

    @Test
    void aStartMayFollowItsRunAndARepeatedOneFollowsTheRunThatThereIs() {
        var start = engine.starting(version, "{}");
        long follow = engine.newReply();
        var following = new Command.RunStart(
                start.run(),
                version,
                start.input(),
                Optional.empty(),
                "",
                Priority.NORMAL,
                Map.of(),
                Optional.empty(),
                follow);
        start(request, false, following);
        assertThat(engine.reply(follow)).isEmpty();
        engine.worker(1, version);
        assertThat(engine.reply(follow).orElseThrow()).isInstanceOf(Reply.RunEnded.class);
        engine.project();

        long again = engine.newReply();
        start(
                request,
                true,
                new Command.RunStart(
                        engine.newRun(),
                        version,
                        start.input(),
                        Optional.empty(),
                        "",
                        Priority.NORMAL,
                        Map.of(),
                        Optional.empty(),
                        again));
        assertThat(((Reply.RunEnded) engine.reply(again).orElseThrow()).image().run())
                .isEqualTo(start.run());
    }
}
