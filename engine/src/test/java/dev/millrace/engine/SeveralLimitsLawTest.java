package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static dev.millrace.manifest.ConcurrencyStrategy.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.manifest.ConcurrencyStrategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Who needs several contended limits at once goes within a bound: while each holder of a permit keeps it for less than {@link #LONGEST},
 * nobody waits for longer than so many times that, however many others want only one of the limits all the time.
 */
class SeveralLimitsLawTest {
    private static final Duration LONGEST = Duration.ofSeconds(3);
    /** Rights of 1, 2, 4 and 8 seconds, the rests between them, and the times until it was passed over often enough. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    private static final class Story {
        final Random random;
        final EngineHarness engine;
        final List<VersionRef> single = new ArrayList<>();
        final List<VersionRef> several = new ArrayList<>();
        final Map<RunId, Instant> waiting = new HashMap<>();
        final Map<RunId, Boolean> isSeveral = new HashMap<>();
        final int limits;
        Duration worst = Duration.ZERO;
        int went;
        long offers;

        Story(long seed, int patience) {
            random = new Random(seed);
            engine = new EngineHarness(new ShardSettings(
                    Duration.ofSeconds(5), Duration.ofSeconds(10), 100_000, ShardSettings.Residence.DEFAULT, patience));
            limits = 2 + random.nextInt(2);
            int[] most = new int[limits];
            for (int i = 0; i < limits; i++) {
                most[i] = 1 + random.nextInt(3);
                int limit = i;
                single.add(engine.define(workflow("only-" + i)
                        .step("work", step -> step.concurrency("limit-" + limit, most[limit], QUEUE))
                        .build()));
            }
            var all = workflow("all").limit("tokens", 5, Duration.ofSeconds(1), 5);
            all.step("work", step -> {
                for (int i = 0; i < limits; i++) {
                    step.concurrency("limit-" + i, most[i], ConcurrencyStrategy.QUEUE);
                }
                step.limit("tokens", 5).queueTimeout(Duration.ofHours(10));
            });
            several.add(engine.define(all.build()));
            single.add(engine.define(workflow("tokens")
                    .limit("tokens", 5, Duration.ofSeconds(1), 5)
                    .step("work", step -> step.limit("tokens", 1))
                    .build()));
            // Of its run and of its step, so two permits of one limit.
            if (most[0] > 1) {
                several.add(engine.define(workflow("twice")
                        .concurrency("limit-0", most[0], QUEUE)
                        .step(
                                "work",
                                step -> step.concurrency("limit-0", most[0], QUEUE)
                                        .queueTimeout(Duration.ofHours(10)))
                        .build()));
            }
            engine.watch(this::watch);
        }

        private void watch(Fact fact) {
            if (fact instanceof Fact.AttemptOffered offered) {
                offers++;
                var since = waiting.remove(offered.run());
                if (since != null && isSeveral.get(offered.run())) {
                    went++;
                    var waited = Duration.between(since, offered.at());
                    worst = waited.compareTo(worst) > 0 ? waited : worst;
                }
            }
        }

        private void start(VersionRef version) {
            var run = engine.start(version);
            waiting.put(run, engine.now());
            isSeveral.put(run, several.contains(version));
            if (engine.run(run).state() != RunState.QUEUED) {
                waiting.remove(run);
            }
        }

        private void check() {
            waiting.forEach((run, since) -> assertThat(
                            isSeveral.get(run) ? Duration.between(since, engine.now()) : Duration.ZERO)
                    .as("how long %s has waited, which needs several limits", run)
                    .isLessThan(BOUND));
        }

        void tell() {
            var served = new ArrayList<>(single);
            served.addAll(several);
            engine.absentWorker(100, served.toArray(VersionRef[]::new))
                    .on("work", any -> value("1", Duration.ofMillis(200 + random.nextInt(2_800))))
                    .connect();
            for (var version : single) {
                for (int i = 0; i < 40; i++) {
                    start(version);
                }
            }
            for (int second = 0; second < 300; second++) {
                // More of each than its limit ever lets through.
                for (var version : single) {
                    for (int i = 0; i < 6; i++) {
                        start(version);
                    }
                }
                if (second % 50 == 10) {
                    several.forEach(this::start);
                }
                engine.advance(Duration.ofSeconds(1));
                check();
            }
        }
    }

    @Test
    void whoNeedsSeveralContendedLimitsGoesWithinABound() {
        int went = 0;
        for (long seed = 0; seed < 12; seed++) {
            var story = new Story(seed, ShardSettings.PATIENCE);
            story.tell();
            assertThat(story.went).as("of seed %d", seed).isGreaterThanOrEqualTo(5);
            went += story.went;
        }
        assertThat(went).isGreaterThan(70);
    }

    @Test
    void theLawIsBrokenWhereNothingIsKeptForThoseThatWerePassedOver() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < 12; seed++) {
                        new Story(seed, Integer.MAX_VALUE).tell();
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("needs several limits");
    }
}
