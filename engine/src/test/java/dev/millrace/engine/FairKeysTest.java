package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.manifest.ConcurrencyStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whose turn it is among keys and services, and what keys mean to rate limits. */
class FairKeysTest {
    private final EngineHarness engine = new EngineHarness();
    private final Map<RunId, String> keys = new HashMap<>();
    private final List<String> turns = new ArrayList<>();

    FairKeysTest() {
        engine.watch(fact -> {
            if (fact instanceof Fact.AttemptOffered offered) {
                turns.add(keys.get(offered.attempt().run()));
            }
        });
    }

    private RunId start(VersionRef version, String key, RunTerms terms) {
        var plain = engine.starting(version, "{}");
        keys.put(plain.run(), key);
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
                terms));
    }

    /** Runs of a group that takes turns. */
    private void start(VersionRef version, String key, double weight, int count) {
        var terms = new Terms(List.of(), key, weight, List.of(), List.of());
        for (int i = 0; i < count; i++) {
            start(version, key, new RunTerms(new Verdict.Holds(terms), Map.of()));
        }
    }

    /** A run whose only step takes tokens by a key. */
    private RunId start(VersionRef version, String key, long cost) {
        var terms = new Terms(List.of(), "", 1, List.of(key), List.of(cost));
        return start(version, key, new RunTerms(Verdict.PLAIN, Map.of(0, new Verdict.Holds(terms))));
    }

    private long count(String key, int from, int to) {
        return Collections.frequency(turns.subList(from, to), key);
    }

    @Test
    void keysTakeTurnsHoweverMuchOneOfThemHasQueued() {
        var version = engine.define(oneStep("w"));
        start(version, "heavy", 1, 1_000);
        for (int i = 0; i < 99; i++) {
            start(version, "light-" + i, 1, 10);
        }
        engine.worker(1, version);
        assertThat(count("heavy", 0, 990)).isBetween(9L, 11L);
        for (int i = 0; i < 99; i++) {
            assertThat(count("light-" + i, 0, 1_000)).isEqualTo(10);
        }
    }

    @Test
    void aKeyThatHasNothingElseWaitingGoesWithinOneRound() {
        var version = engine.define(oneStep("w"));
        for (int i = 0; i < 20; i++) {
            start(version, "k" + i, 1, 50);
        }
        var worker = engine.workerByHand(1, version);
        for (int i = 0; i < 100; i++) {
            worker.end(worker.newest("work"), value("1"));
        }
        int before = turns.size();
        start(version, "lone", 1, 1);
        for (int i = 0; i < 21; i++) {
            worker.end(worker.newest("work"), value("1"));
        }
        assertThat(turns.subList(before, before + 21)).contains("lone");
    }

    @Test
    void whateverTenThousandTasksWaitForTheNextThatCanGoGoesAtOnce() {
        var limited = engine.define(workflow("limited")
                .limit("api", 1, Duration.ofHours(1), 1)
                .concurrency("desk", 1, ConcurrencyStrategy.QUEUE)
                .step("work", step -> step.keyedLimit("api"))
                .build());
        var wide = engine.define(
                workflow("wide").step("work", step -> step.slots(64)).build());
        var free = engine.define(oneStep("free"));
        var worker = engine.worker(2, limited, wide, free);
        for (int i = 0; i < 5_000; i++) {
            start(limited, "k" + i % 1_000, 1);
            start(wide, "g" + i % 1_000, 1.0, 1);
        }
        int before = worker.assigned().size();
        var last = engine.start(free);
        assertThat(worker.assigned()).hasSize(before + 1);
        assertThat(engine.run(last).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void turnsAreSharedByWeight() {
        var version = engine.define(oneStep("w"));
        start(version, "three", 3, 400);
        start(version, "one", 1, 400);
        start(version, "half", 0.5, 400);
        engine.worker(1, version);
        assertThat(count("three", 0, 450)).isBetween(298L, 302L);
        assertThat(count("one", 0, 450)).isBetween(98L, 102L);
        assertThat(count("half", 0, 450)).isBetween(48L, 52L);
    }

    @Test
    void nobodySavesUpTurnsWhileItHasNothingWaiting() {
        var version = engine.define(oneStep("w"));
        start(version, "early", 1, 5);
        var worker = engine.workerByHand(1, version);
        start(version, "busy", 1, 500);
        for (int i = 0; i < 300; i++) {
            worker.end(worker.newest("work"), value("1"));
        }
        int before = turns.size();
        start(version, "early", 1, 100);
        for (int i = 0; i < 100; i++) {
            worker.end(worker.newest("work"), value("1"));
        }
        assertThat(count("early", before, before + 100)).isBetween(49L, 51L);
    }

    @Test
    void aFreeWorkerIsNeverKeptFromAKeyThatIsAlone() {
        var version = engine.define(oneStep("w"));
        start(version, "alone", 0.001, 50);
        assertThat(engine.worker(1, version).assigned()).hasSize(50);
    }

    @Test
    void servicesTakeTurnsWhateverTheirWorkflowsAndPriorities() {
        var first = engine.define(oneStep("first"));
        var others = new ArrayList<VersionRef>();
        for (int i = 0; i < 4; i++) {
            var manifest = oneStep("other-" + i);
            var version = new VersionRef(manifest.workflow(), manifest.hash());
            engine.send(
                    new Command.DefineVersion(EngineHarness.TENANT, new ServiceId(new UUID(7, 99)), version, manifest));
            others.add(version);
        }
        for (int i = 0; i < 100; i++) {
            start(first, "first", RunTerms.NONE);
            start(others.get(i % 4), "other", RunTerms.NONE);
        }
        var all = new ArrayList<>(others);
        all.add(first);
        engine.worker(1, all.toArray(VersionRef[]::new));
        assertThat(count("first", 0, 100)).isBetween(49L, 51L);
    }

    @Test
    void whatWaitsForOneLimitTakesTurnsByKeyToo() {
        var version = engine.define(workflow("w")
                .limit("api", 10, Duration.ofSeconds(1), 1)
                .step("work", step -> step.limit("api", 1))
                .build());
        engine.worker(100, version);
        start(version, "heavy", 1, 200);
        start(version, "light", 1, 20);
        engine.advance(Duration.ofSeconds(5));
        assertThat(count("light", 0, turns.size())).isEqualTo(20);
        assertThat(turns).hasSize(51);
    }

    // ---- keys of rate limits ----

    @Test
    void everyKeyHasABucketOfItsOwn() {
        var version = engine.define(workflow("w")
                .limit("api", 1, Duration.ofSeconds(10), 2)
                .step("work", step -> step.keyedLimit("api"))
                .build());
        engine.worker(100, version);
        for (int i = 0; i < 4; i++) {
            start(version, "ada", 1);
        }
        start(version, "bob", 1);
        assertThat(turns).containsExactly("ada", "ada", "bob");
        engine.advance(Duration.ofSeconds(10));
        assertThat(turns).containsExactly("ada", "ada", "bob", "ada");
    }

    @Test
    void aCostlyTaskIsNotOvertakenForEverByCheapOnes() {
        var version = engine.define(workflow("w")
                .limit("api", 10, Duration.ofSeconds(1), 10)
                .step("work", step -> step.keyedLimit("api"))
                .build());
        var cheap = engine.define(workflow("cheap")
                .limit("api", 10, Duration.ofSeconds(1), 10)
                .step("work", step -> step.keyedLimit("api"))
                .build());
        engine.worker(100, version, cheap);
        start(cheap, "k", 10);
        for (int i = 0; i < 50; i++) {
            start(cheap, "k", 1);
        }
        var costly = start(version, "k", 10);
        keys.put(costly, "costly");
        engine.advance(Duration.ofSeconds(2));
        assertThat(turns).contains("costly");
        engine.advance(Duration.ofSeconds(5));
        assertThat(turns).hasSize(52);
    }

    @Test
    void whatCostsMoreThanTheBucketEverHoldsFailsAtOnceAndSaysSo() {
        var version = engine.define(workflow("w")
                .limit("api", 10, Duration.ofSeconds(1), 10)
                .step("work", step -> step.keyedLimit("api"))
                .build());
        engine.worker(100, version);
        var fits = start(version, "ada", 10);
        var never = start(version, "ada", 11);
        assertThat(engine.run(fits).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(never).state()).isEqualTo(RunState.FAILED);
        var cause = engine.run(never).failure().orElseThrow().cause();
        assertThat(cause.type()).isEqualTo(Failure.COST_ABOVE_BURST);
        assertThat(cause.message()).contains("11 tokens of rate limit 'api'").contains("holds 10 at most");
    }

    @Test
    void bucketsOfKeysSurviveACrashAndAreForgottenWhenTheyAreFull() {
        var version = engine.define(workflow("w")
                .limit("api", 1, Duration.ofSeconds(10), 1)
                .step("work", step -> step.keyedLimit("api"))
                .build());
        engine.worker(100, version);
        for (int i = 0; i < 20; i++) {
            start(version, "k" + i, 1);
            start(version, "k" + i, 1);
        }
        assertThat(turns).hasSize(20);
        engine.crashAndReconnect();
        assertThat(turns).hasSize(20);
        engine.project();
        engine.crashAndReconnect();
        assertThat(turns).hasSize(20);
        assertThat(engine.shard().image().buckets()).hasSize(20);
        engine.advance(Duration.ofSeconds(10));
        assertThat(turns).hasSize(40);
        engine.advance(Duration.ofSeconds(10));
        assertThat(engine.shard().image().buckets()).isEmpty();
    }

    @Test
    void aProviderClosesTheLimitForTheKeyThatItRefusedOnly() {
        var version = engine.define(workflow("w")
                .limit("api", 1_000, Duration.ofSeconds(1), 1_000)
                .step("work", step -> step.keyedLimit("api"))
                .build());
        engine.worker(100, version)
                .on(
                        "work",
                        any -> keys.get(any.attempt().run()).equals("ada")
                                ? failure(new Failure("TooMany", "429", "", false, 60_000, "api"))
                                : value("1"));
        start(version, "ada", 1);
        start(version, "ada", 1);
        start(version, "bob", 1);
        assertThat(turns).containsExactly("ada", "bob");
        engine.advance(Duration.ofSeconds(60));
        assertThat(turns).hasSize(3);
    }
}
