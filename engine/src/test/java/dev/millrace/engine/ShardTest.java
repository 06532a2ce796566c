package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.CompensationSpec;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.HandlerSpec;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.Visibility;
import dev.millrace.manifest.Weight;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardTest {
    private static final TenantId TENANT = new TenantId(new UUID(1, 1));
    private static final Instant T0 = Instant.parse("2026-11-21T10:00:00Z");

    private Shard shard = new Shard(0, ShardSettings.DEFAULT);
    private final List<Fact> journal = new ArrayList<>();
    private final List<Manifest> defined = new ArrayList<>();
    private Instant now = T0;
    private long sequence;
    private int runs;

    @BeforeEach
    void anEmptyShardServes() {
        shard.recovered(T0);
    }

    @Test
    void aRunOfOneStepStartsRunsAndSucceeds() {
        var version = define(List.of(step("only", input())), List.of(), false);
        connect(1, 4, version);

        var effects = start(version, 77);

        var assignment = assignments(effects).get(0);
        assertThat(assignment.step()).isEqualTo("only");
        assertThat(assignment.arguments()).hasSize(1);
        var ended = ended(succeed(1, assignment.attempt()));
        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.history())
                .extracting(RunImage.Transition::state)
                .containsExactly("QUEUED", "QUEUED", "RUNNING", "OFFERED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED");
    }

    @Test
    void aStepWaitsUntilEveryParentSucceeded() {
        var version = define(
                List.of(
                        step("a", input()),
                        step("b", input()),
                        step("c", ParameterSpec.step("a", "a"), ParameterSpec.step("b", "b"))),
                List.of(),
                false);
        connect(1, 4, version);

        var first = assignments(start(version, 77));
        assertThat(first).extracting(Effect.Assignment::step).containsExactly("a", "b");
        assertThat(assignments(succeed(1, first.get(0).attempt()))).isEmpty();
        var last = assignments(succeed(1, first.get(1).attempt()));
        assertThat(last).extracting(Effect.Assignment::step).containsExactly("c");
        assertThat(last.get(0).arguments()).hasSize(2);
    }

    @Test
    void aFailedAttemptIsRetriedAfterItsBackoffAndThenTheRunFails() {
        var version = define(List.of(step("flaky", 1, input())), List.of(), false);
        connect(1, 4, version);
        var attempt = assignments(start(version, 77)).get(0).attempt();

        assertThat(assignments(fail(1, attempt))).isEmpty();
        now = shard.nextTimer().orElseThrow();
        var second = assignments(handle(new Command.Tick())).get(0).attempt();
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(ended(fail(1, second)).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void completedStepsAreUndoneInReverseOrderAndTheHandlerComesLast() {
        var version = define(
                List.of(
                        step("charge", input()),
                        step("reserve", ParameterSpec.step("charge", "charge")),
                        step("ship", ParameterSpec.step("reserve", "reserve"))),
                List.of("charge", "reserve"),
                true);
        connect(1, 4, version);
        var attempt = assignments(start(version, 77)).get(0).attempt();
        attempt = assignments(succeed(1, attempt)).get(0).attempt();
        attempt = assignments(succeed(1, attempt)).get(0).attempt();

        var order = new ArrayList<String>();
        var effects = fail(1, attempt);
        while (!assignments(effects).isEmpty()) {
            var assignment = assignments(effects).get(0);
            order.add(assignment.step());
            now = now.plusMillis(1);
            effects = succeed(1, assignment.attempt());
        }

        assertThat(order).containsExactly("undo-reserve", "undo-charge", "alert");
        assertThat(ended(effects).state()).isEqualTo(RunState.FAILED);
        assertThat(ended(effects).compensated()).isTrue();
    }

    @Test
    void aLateCompletionOfALostAttemptIsRefused() {
        var version = define(List.of(step("only", input())), List.of(), false);
        connect(1, 1, version);
        var attempt = assignments(start(version, 77)).get(0).attempt();
        now = now.plusSeconds(6); // not accepted within its lease
        var effects = handle(new Command.Tick());
        assertThat(assignments(effects)).isEmpty(); // the worker may still run it, so its slot is taken

        connect(2, 1, version);
        var refused = succeed(1, attempt);

        assertThat(refused)
                .filteredOn(Effect.AckCompletions.class::isInstance)
                .extracting(effect ->
                        ((Effect.AckCompletions) effect).refused().get(0).code())
                .containsExactly("STALE_ATTEMPT");
    }

    @Test
    void aMappedStepHasOneTaskPerElementAndIsJoined() {
        var version = define(
                List.of(
                        step("split", input()),
                        step(
                                "work",
                                new ParameterSpec("e", ParameterSpec.Source.STEP, "split", ParameterSpec.Mode.EACH)),
                        step("join", ParameterSpec.step("all", "work"))),
                List.of(),
                false);
        connect(1, 1_000, version);
        var split = assignments(start(version, 77)).get(0).attempt();

        var parts = assignments(complete(1, split, new Command.Outcome.Success(json("[1,2,3]"), 3)));
        assertThat(parts).extracting(part -> part.attempt().element()).containsExactly(0, 1, 2);
        succeed(1, parts.get(0).attempt());
        succeed(1, parts.get(1).attempt());
        var join = assignments(succeed(1, parts.get(2).attempt())).get(0);
        assertThat(join.arguments().get(0).form()).isEqualTo(Effect.Form.JOINED);
        assertThat(join.arguments().get(0).values()).hasSize(3);
    }

    @Test
    void aStepMappedOverAMappedOneTakesItsResultsOneByOne() {
        var version = define(mappedTwice(), List.of(), false);
        connect(1, 1_000, version);
        var split = assignments(start(version, 77)).get(0).attempt();
        var parts = assignments(complete(1, split, new Command.Outcome.Success(json("[1,2]"), 2)));

        complete(1, parts.get(1).attempt(), new Command.Outcome.Success(json("20"), -1));
        var again = assignments(complete(1, parts.get(0).attempt(), new Command.Outcome.Success(json("10"), -1)));

        assertThat(again).extracting(part -> part.attempt().element()).containsExactly(0, 1);
        assertThat(again)
                .extracting(part -> part.arguments().get(0))
                .containsExactly(whole(json("10")), whole(json("20")));
    }

    @Test
    void withoutElementsMappedStepsSucceedAtOnce() {
        var version = define(mappedTwice(), List.of(), false);
        connect(1, 1_000, version);
        var split = assignments(start(version, 77)).get(0).attempt();

        var ended = ended(complete(1, split, new Command.Outcome.Success(json("[]"), 0)));

        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
    }

    private static List<StepSpec> mappedTwice() {
        return List.of(
                step("split", input()),
                step("work", new ParameterSpec("e", ParameterSpec.Source.STEP, "split", ParameterSpec.Mode.EACH)),
                step("check", new ParameterSpec("e", ParameterSpec.Source.STEP, "work", ParameterSpec.Mode.EACH)));
    }

    private static Effect.Argument whole(Payload value) {
        return new Effect.Argument(0, Effect.Form.WHOLE, List.of(value), -1, TaskState.SUCCEEDED, Optional.empty());
    }

    @Test
    void aRateLimitLetsThroughWhatItHasTokensForAndNoMore() {
        var limit = new RateLimitSpec("api", 10, Duration.ofSeconds(1), 2);
        var manifest = manifest(List.of(limited("only", "api")), List.of(), false, List.of(limit));
        var version = define(manifest);
        connect(1, 100, version);
        int granted = 0;
        for (int i = 0; i < 10; i++) {
            granted += assignments(start(version, 0)).size();
        }
        assertThat(granted).isEqualTo(2);
        for (int i = 0; i < 8; i++) {
            now = shard.nextTimer().orElseThrow();
            granted += assignments(handle(new Command.Tick())).size();
            assertThat(Duration.between(T0, now)).isGreaterThanOrEqualTo(Duration.ofMillis(100L * (granted - 2)));
        }
        assertThat(granted).isEqualTo(10);
        assertThat(Duration.between(T0, now)).isEqualTo(Duration.ofMillis(800));
    }

    @Test
    void aCancelledRunWaitsForItsAttemptsAndThenUndoes() {
        var version = define(
                List.of(step("charge", input()), step("ship", ParameterSpec.step("charge", "charge"))),
                List.of("charge"),
                true);
        connect(1, 4, version);
        var attempt = assignments(start(version, 77)).get(0).attempt();
        var ship = assignments(succeed(1, attempt)).get(0).attempt();

        var effects = handle(new Command.CancelRun(5, TENANT, ship.run(), "changed my mind"));
        assertThat(effects).anyMatch(Effect.CancelAttempt.class::isInstance);
        var undo = assignments(complete(1, ship, new Command.Outcome.Cancelled()));
        assertThat(undo).extracting(Effect.Assignment::step).containsExactly("undo-charge");
        assertThat(ended(succeed(1, undo.get(0).attempt())).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aDeadlineThatPassesWhileStepsAreUndoneChangesNothing() {
        var version = define(
                List.of(step("charge", input()), step("ship", ParameterSpec.step("charge", "charge"))),
                List.of("charge"),
                false);
        connect(1, 4, version);
        var attempt = assignments(start(version, 77)).get(0).attempt();
        var ship = assignments(succeed(1, attempt)).get(0).attempt();
        var undo = assignments(fail(1, ship)).get(0).attempt();
        handle(new Command.WorkerSays(1, List.of(undo), List.of(), List.of(), false));
        now = T0.plus(Duration.ofDays(30)).plusSeconds(1);

        var effects = succeed(1, undo);

        assertThat(effects)
                .noneMatch(effect -> effect instanceof Effect.CancelAttempt cancel
                        && cancel.reason().equals("RUN_CANCELLED"));
        assertThat(journal).noneMatch(Fact.RunDeadlinePassed.class::isInstance);
    }

    @Test
    void aLostWorkersAttemptIsOfferedElsewhereAfterTheGrace() {
        var version = define(List.of(step("only", input())), List.of(), false);
        connect(1, 1, version);
        var attempt = assignments(start(version, 77)).get(0).attempt();
        handle(new Command.WorkerSays(1, List.of(attempt), List.of(), List.of(), false));
        handle(new Command.DisconnectWorker(1));
        connect(2, 1, version);
        now = now.plusSeconds(11);

        var again = assignments(handle(new Command.Tick()));

        assertThat(again).hasSize(1);
        assertThat(again.get(0).attempt().attempt()).isEqualTo(2);
    }

    @Test
    void aRecoveredShardGoesOnWhereTheOldOneWas() {
        var version = define(List.of(step("a", input()), step("b", ParameterSpec.step("a", "a"))), List.of(), false);
        connect(1, 1, version);
        var attempt = assignments(start(version, 0)).get(0).attempt();
        start(version, 0);
        var image = shard.image();
        var images = shard.capture();
        int position = journal.size();
        succeed(1, attempt);

        shard = new Shard(0, ShardSettings.DEFAULT);
        defined.forEach(this::define);
        shard.restore(image);
        images.forEach(run -> shard.restore(run.withPassivity(Optional.empty())));
        journal.subList(position, journal.size()).forEach(shard::replay);
        shard.recovered(now);
        now = now.plusSeconds(11);
        handle(new Command.Tick());
        var effects = connect(7, 10, version);

        assertThat(assignments(effects)).extracting(Effect.Assignment::step).containsExactlyInAnyOrder("b", "a");
    }

    @Test
    void theSameIdempotencyKeyStartsOneRunAndAnotherInputIsAConflict() {
        var version = define(List.of(step("only", input())), List.of(), false);
        var first = startWithKey(version, "k", "digest-1");
        var load = (Effect.LoadKeys) first.get(0);
        var loaded = handle(new Command.KeysLoaded(load.load(), List.of()));
        var started = (StartOutcome.Started) outcomes(loaded).get(0);

        assertThat(outcomes(startWithKey(version, "k", "digest-1")).get(0))
                .isEqualTo(new StartOutcome.Started(started.run(), true));
        assertThat(outcomes(startWithKey(version, "k", "digest-2")).get(0))
                .isInstanceOfSatisfying(
                        StartOutcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("IDEMPOTENCY_CONFLICT"));
    }

    // ---- words of the tests ----

    private static List<StartOutcome> outcomes(List<Effect> effects) {
        return ((Reply.RunsStarted) ((Effect.Reply) effects.get(0)).reply()).outcomes();
    }

    private List<Effect> startWithKey(VersionRef version, String key, String digest) {
        return handle(new Command.StartRuns(
                1, TENANT, newRequest(), false, List.of(runStart(version, Optional.of(key), digest, 0))));
    }

    private List<Effect> start(VersionRef version, long follow) {
        return handle(new Command.StartRuns(
                1, TENANT, newRequest(), false, List.of(runStart(version, Optional.empty(), "", follow))));
    }

    private UUID newRequest() {
        return new UUID(now.toEpochMilli() << 16 | 0x7000, ++runs);
    }

    private Command.RunStart runStart(VersionRef version, Optional<String> key, String digest, long follow) {
        return new Command.RunStart(
                new RunId(new UUID(5, runs)),
                version,
                json("{}"),
                key,
                digest,
                Priority.NORMAL,
                Map.of(),
                Optional.empty(),
                follow);
    }

    private List<Effect> connect(long session, int slots, VersionRef version) {
        return handle(new Command.ConnectWorker(
                session,
                TENANT,
                new WorkerInfo(new WorkerId(new UUID(3, session)), "w" + session, slots, Map.of(), List.of(version)),
                List.of()));
    }

    private List<Effect> succeed(long session, AttemptRef attempt) {
        return complete(session, attempt, new Command.Outcome.Success(json("1"), -1));
    }

    private List<Effect> fail(long session, AttemptRef attempt) {
        return complete(session, attempt, new Command.Outcome.Failed(Failure.of("java.lang.Boom", "boom")));
    }

    private List<Effect> complete(long session, AttemptRef attempt, Command.Outcome outcome) {
        return handle(new Command.WorkerSays(
                session, List.of(), List.of(new Command.Completion(++sequence, attempt, outcome)), List.of(), false));
    }

    private List<Effect> handle(Command command) {
        var batch = new Batch();
        shard.handle(command, now, batch);
        journal.addAll(batch.facts());
        return List.copyOf(batch.effects());
    }

    private static List<Effect.Assignment> assignments(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.Assign.class::isInstance)
                .map(effect -> ((Effect.Assign) effect).assignment())
                .toList();
    }

    private static RunImage ended(List<Effect> effects) {
        return effects.stream()
                .filter(effect -> effect instanceof Effect.Reply reply && reply.replyTo() == 77)
                .map(effect -> ((Reply.RunEnded) ((Effect.Reply) effect).reply()).image())
                .findFirst()
                .orElseThrow();
    }

    private VersionRef define(List<StepSpec> steps, List<String> undone, boolean onFailure) {
        return define(manifest(steps, undone, onFailure, List.of()));
    }

    private VersionRef define(Manifest manifest) {
        var version = new VersionRef(manifest.workflow(), manifest.hash());
        if (!defined.contains(manifest)) {
            defined.add(manifest);
        }
        handle(new Command.DefineVersion(TENANT, new ServiceId(new UUID(2, 2)), version, manifest));
        return version;
    }

    private static Manifest manifest(
            List<StepSpec> steps, List<String> undone, boolean onFailure, List<RateLimitSpec> limits) {
        return new Manifest(
                "flow",
                "dev.Flow",
                "",
                Visibility.PUBLIC,
                Weight.NORMAL,
                Duration.ofDays(30),
                new Input("Object", JsonValue.TRUE),
                steps,
                undone.stream()
                        .map(step -> new CompensationSpec(
                                step,
                                new HandlerSpec("undo-" + step, List.of(ParameterSpec.step("x", step)), policy(0), 0)))
                        .toList(),
                onFailure
                        ? Optional.of(new HandlerSpec("alert", List.of(ParameterSpec.input("in")), policy(0), 0))
                        : Optional.empty(),
                limits,
                new ResultSpec(List.of()),
                List.of());
    }

    private static StepSpec step(String name, ParameterSpec... parameters) {
        return step(name, 0, parameters);
    }

    private static StepSpec step(String name, int retries, ParameterSpec... parameters) {
        return new StepSpec(
                name,
                List.of(parameters),
                List.of(),
                new OutputSpec(OutputSpec.Kind.VALUE, "Object", JsonValue.TRUE),
                policy(retries),
                List.of(),
                0);
    }

    private static StepSpec limited(String name, String limit) {
        return new StepSpec(
                name,
                List.of(input()),
                List.of(),
                new OutputSpec(OutputSpec.Kind.VALUE, "Object", JsonValue.TRUE),
                policy(0),
                List.of(new RateLimitUse(limit, 1)),
                0);
    }

    private static ParameterSpec input() {
        return ParameterSpec.input("in");
    }

    private static StepPolicy policy(int retries) {
        return new StepPolicy(
                Duration.ofMinutes(5),
                Duration.ofDays(1),
                retries,
                new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(1)),
                Delivery.AT_LEAST_ONCE,
                1,
                List.of(),
                List.of());
    }

    private static Payload json(String text) {
        return Payload.inline(text.getBytes(StandardCharsets.UTF_8));
    }
}
