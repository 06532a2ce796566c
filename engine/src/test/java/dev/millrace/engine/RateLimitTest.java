package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.RateLimitSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Token buckets by name: exact, shared, fair, and no obstacle to others. */
class RateLimitTest {
    private final EngineHarness engine = new EngineHarness();
    private final List<Instant> taken = new ArrayList<>();

    private static Manifest limited(String name, long tokens, Duration period, long burst, long cost) {
        return workflow(name)
                .limit("api", tokens, period, burst)
                .step("work", step -> step.limit("api", cost))
                .build();
    }

    private void watch() {
        engine.watch(fact -> {
            if (fact instanceof Fact.AttemptOffered) {
                taken.add(fact.at());
            }
        });
    }

    private void start(VersionRef version, int count) {
        for (int i = 0; i < count; i++) {
            engine.start(version);
        }
    }

    @Test
    void aFullBucketGivesItsBurstAndThenItsRate() {
        var version = engine.define(limited("w", 10, Duration.ofSeconds(1), 3, 1));
        watch();
        engine.worker(100, version);
        start(version, 20);
        assertThat(taken).hasSize(3);
        engine.advance(Duration.ofMillis(99));
        assertThat(taken).hasSize(3);
        engine.advance(Duration.ofMillis(1));
        assertThat(taken).hasSize(4);
        engine.advance(Duration.ofSeconds(1));
        assertThat(taken).hasSize(14);
    }

    @Test
    void workflowsShareALimitByItsNameAndTakeTurns() {
        var first = engine.define(limited("first", 10, Duration.ofSeconds(1), 1, 1));
        var second = engine.define(limited("second", 10, Duration.ofSeconds(1), 1, 1));
        var worker = engine.worker(100, first, second);
        start(first, 50);
        start(second, 50);
        engine.advance(Duration.ofSeconds(2));
        assertThat(worker.assigned()).hasSize(21);
        assertThat(worker.assigned())
                .filteredOn(task -> task.version().equals(second))
                .hasSizeBetween(9, 11);
    }

    @Test
    void whatWaitsForTokensStandsInNobodysWay() {
        var limited = engine.define(limited("limited", 1, Duration.ofHours(1), 1, 1));
        var free = engine.define(workflow("free").step("work").build());
        var worker = engine.worker(1, limited, free);
        start(limited, 100);
        start(free, 3);
        assertThat(worker.assigned()).hasSize(4);
        assertThat(engine.run(engine.start(free)).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aWaiterWhoseWorkersAreBusyDoesNotKeepTheTokensFromOthers() {
        var first = engine.define(limited("first", 10, Duration.ofSeconds(1), 1, 1));
        var second = engine.define(limited("second", 10, Duration.ofSeconds(1), 1, 1));
        engine.workerByHand(1, first);
        start(first, 10);
        var worker = engine.worker(10, second);
        start(second, 10);
        engine.advance(Duration.ofSeconds(1));
        assertThat(worker.assigned()).hasSize(10);
    }

    @Test
    void aProviderMayCloseALimitForEverybodyForATime() {
        var first = engine.define(limited("first", 1_000, Duration.ofSeconds(1), 1_000, 1));
        var second = engine.define(limited("second", 1_000, Duration.ofSeconds(1), 1_000, 1));
        engine.worker(100, first).on("work", any -> failure(new Failure("TooMany", "429", "", false, 60_000, "api")));
        var worker = engine.worker(100, second);
        start(first, 1);
        start(second, 5);
        engine.advance(Duration.ofMillis(59_999));
        assertThat(worker.assigned()).isEmpty();
        engine.advance(Duration.ofMillis(1));
        assertThat(worker.assigned()).hasSize(5);
    }

    @Test
    void aLimitThatNobodyDefinedIsNotClosed() {
        var version = engine.define(workflow("w").step("work").build());
        engine.worker(1, version)
                .on("work", any -> failure(new Failure("TooMany", "429", "", false, 60_000, "unheard-of")));
        start(version, 1);
        assertThat(engine.facts()).noneMatch(Fact.RateLimitClosed.class::isInstance);
    }

    @Test
    void aStepThatTakesFromTwoLimitsWaitsForBoth() {
        var version = engine.define(workflow("w")
                .limit("fast", 10, Duration.ofSeconds(1), 1)
                .limit("slow", 1, Duration.ofSeconds(1), 1)
                .step("work", step -> step.limit("fast", 1).limit("slow", 1))
                .build());
        var worker = engine.worker(100, version);
        start(version, 5);
        engine.advance(Duration.ofSeconds(3));
        assertThat(worker.assigned()).hasSize(4);
    }

    @Test
    void theNewestDefinitionHolds() {
        var slow = engine.define(limited("w", 1, Duration.ofHours(1), 1, 1));
        var worker = engine.worker(100, slow);
        start(slow, 20);
        assertThat(worker.assigned()).hasSize(1);
        engine.define(workflow("w")
                .limit("api", 10, Duration.ofSeconds(1), 1)
                .step("work", step -> step.limit("api", 1))
                .tag("faster")
                .build());
        engine.advance(Duration.ofSeconds(1));
        assertThat(worker.assigned()).hasSize(11);
    }

    @Test
    void theLargestLimitsThatAManifestMayHaveAreCountedExactly() {
        long most = 1_000_000_000L;
        var version = engine.define(limited("w", most, Duration.ofDays(366), most, most));
        var worker = engine.worker(10, version);
        start(version, 2);
        assertThat(worker.assigned()).hasSize(1);
        engine.advance(Duration.ofDays(1).minusSeconds(1));
        assertThat(worker.assigned()).hasSize(1);
    }

    @Test
    void noIntervalSeesMoreThanBurstAndRateAllowWhateverHappens() {
        for (long seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            var world = new EngineHarness();
            long tokens = 1 + random.nextInt(20);
            var period = Duration.ofMillis(1 + random.nextInt(3_000));
            long burst = 1 + random.nextInt(10);
            var versions = new ArrayList<VersionRef>();
            for (int i = 0; i < 3; i++) {
                versions.add(world.define(limited("flow-" + i, tokens, period, burst, 1)));
            }
            var offers = new ArrayList<Instant>();
            world.watch(fact -> {
                if (fact instanceof Fact.AttemptOffered) {
                    offers.add(fact.at());
                }
            });
            var all = versions.toArray(VersionRef[]::new);
            world.absentWorker(1 + random.nextInt(5), all)
                    .on("work", any -> value("1", Duration.ofMillis(random.nextInt(200))))
                    .connect();
            world.worker(100, versions.get(0));
            for (int i = 0; i < 80; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> world.crashAndReconnect();
                    case 1 -> world.project();
                    case 2, 3 -> world.advance(Duration.ofNanos(random.nextInt(400_000_000)));
                    default -> world.start(versions.get(random.nextInt(3)));
                }
            }
            world.advance(Duration.ofMinutes(1));
            for (int from = 0; from < offers.size(); from++) {
                for (int to = from; to < offers.size(); to++) {
                    double seconds =
                            Duration.between(offers.get(from), offers.get(to)).toNanos() / 1e9;
                    double allowed = burst + tokens * seconds / (period.toNanos() / 1e9);
                    assertThat((double) (to - from + 1))
                            .as("seed %d, offers %d to %d", seed, from, to)
                            .isLessThanOrEqualTo(allowed + 1e-6);
                }
            }
        }
    }

    @Test
    void whatCostsMoreThanTheBucketWillEverHoldStandsInNobodysWay() {
        var dear = engine.define(limited("dear", 10, Duration.ofSeconds(1), 10, 8));
        var cheap = engine.define(limited("cheap", 10, Duration.ofSeconds(1), 10, 1));
        var worker = engine.worker(100, dear, cheap);
        start(dear, 2);
        var waits = engine.facts().stream()
                .filter(fact -> fact instanceof Fact.RunStarted)
                .map(fact -> ((Fact.RunStarted) fact).run())
                .toList()
                .get(1);
        set(new RateLimitSpec("api", 10, Duration.ofSeconds(1), 5));
        start(cheap, 20);
        engine.advance(Duration.ofSeconds(2));
        assertThat(worker.assigned())
                .filteredOn(task -> task.version().equals(cheap))
                .hasSize(20);
        assertThat(engine.run(waits).state()).isEqualTo(RunState.QUEUED);
        set(new RateLimitSpec("api", 10, Duration.ofSeconds(1), 10));
        engine.advance(Duration.ofSeconds(1));
        assertThat(engine.run(waits).state()).isEqualTo(RunState.SUCCEEDED);
    }

    private void set(RateLimitSpec limit) {
        engine.send(new Command.ConfigChanged(
                EngineHarness.TENANT, new TenantConfig(Map.of(), Map.of("api", limit), Map.of(), Set.of())));
    }
}
