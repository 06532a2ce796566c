package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The bound of start-time fair queuing (Goyal, Vin and Cheng, 1996, theorem 1): in no interval in which two keys have something waiting
 * all the time does what they were served, each by its weight, differ by more than one task of each. So a backlogged key never
 * lags its share by more than a constant, whatever others do.
 */
class FairShareLawTest {
    private static final double[] WEIGHTS = {0.5, 1, 2, 3, 7};

    /** What two keys were served since both have had something waiting. */
    private static final class Pair {
        double difference;
        double least;
        double most;

        void serve(double share) {
            difference += share;
            least = Math.min(least, difference);
            most = Math.max(most, difference);
        }
    }

    private static final class Story {
        final Random random;
        final EngineHarness engine = new EngineHarness();
        final boolean weightsAreTold;
        final List<Double> weights = new ArrayList<>();
        final Map<RunId, Integer> keys = new HashMap<>();
        final int[] waiting;
        final Pair[][] pairs;
        final VersionRef version = engine.define(workflow("w").step("work").build());
        int compared;

        Story(long seed, boolean weightsAreTold) {
            this.random = new Random(seed);
            this.weightsAreTold = weightsAreTold;
            int count = 2 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                weights.add(WEIGHTS[random.nextInt(WEIGHTS.length)]);
            }
            waiting = new int[count];
            pairs = new Pair[count][count];
            engine.watch(this::watch);
        }

        private void watch(Fact fact) {
            if (fact instanceof Fact.RunStarted run) {
                waiting[keys.get(run.run())]++;
            } else if (fact instanceof Fact.AttemptOffered offered) {
                served(keys.get(offered.attempt().run()));
            }
        }

        private void served(int key) {
            for (int other = 0; other < waiting.length; other++) {
                // Both have had something waiting up to this turn.
                if (other != key && waiting[other] > 0) {
                    var pair = pair(Math.min(key, other), Math.max(key, other));
                    pair.serve((key < other ? 1 : -1) / weights.get(key));
                    compared++;
                    assertThat(pair.most - pair.least)
                            .as("keys %d and %d of weights %s", key, other, weights)
                            .isLessThanOrEqualTo(1 / weights.get(key) + 1 / weights.get(other) + 1e-3);
                }
            }
            if (--waiting[key] == 0) {
                for (int other = 0; other < waiting.length; other++) {
                    pairs[Math.min(key, other)][Math.max(key, other)] = null;
                }
            }
        }

        private Pair pair(int one, int other) {
            if (pairs[one][other] == null) {
                pairs[one][other] = new Pair();
            }
            return pairs[one][other];
        }

        void start(int key) {
            var plain = engine.starting(version, "{}");
            keys.put(plain.run(), key);
            var terms = new Terms(List.of(), "k" + key, weightsAreTold ? weights.get(key) : 1, List.of(), List.of());
            engine.start(new Command.RunStart(
                    plain.run(),
                    plain.version(),
                    plain.input(),
                    Optional.empty(),
                    plain.digest(),
                    plain.priority(),
                    plain.metadata(),
                    plain.deadline(),
                    plain.follow(),
                    new RunTerms(new Verdict.Holds(terms), Map.of())));
        }

        void tell() {
            engine.absentWorker(1 + random.nextInt(4), version)
                    .on("work", any -> value("1", Duration.ofMillis(1 + random.nextInt(20))))
                    .connect();
            for (int i = 0; i < 150; i++) {
                int key = random.nextInt(weights.size());
                for (int more = random.nextInt(12); more >= 0; more--) {
                    start(key);
                }
                engine.advance(Duration.ofMillis(random.nextInt(30)));
                if (random.nextInt(50) == 0) {
                    engine.crashAndReconnect();
                    // The next owner begins to count anew.
                    for (var row : pairs) {
                        java.util.Arrays.fill(row, null);
                    }
                }
            }
            engine.advance(Duration.ofMinutes(2));
        }
    }

    @Test
    void noKeyThatHasSomethingWaitingLagsItsShareByMoreThanAConstant() {
        int compared = 0;
        for (long seed = 0; seed < 40; seed++) {
            var story = new Story(seed, true);
            story.tell();
            compared += story.compared;
            assertThat(story.waiting).as("everything has had its turn").containsOnly(0);
        }
        assertThat(compared).isGreaterThan(10_000);
    }

    @Test
    void theLawIsBrokenWhereWeightsAreNotTold() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < 40; seed++) {
                        new Story(seed, false).tell();
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("of weights");
    }
}
