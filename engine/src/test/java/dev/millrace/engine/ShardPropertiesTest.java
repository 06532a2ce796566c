package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What must hold for every history, tried on many random ones. A failure names its seed. */
class ShardPropertiesTest {
    private static final int SEEDS = 150;
    private static final int STEPS = 250;

    @Test
    void everyAcknowledgedRunEndsOnceFaultsStop() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var world = run(seed);
            world.heal();
            var stuck = new TreeMap<>(world.acknowledged);
            stuck.keySet().removeAll(world.ended.keySet());
            assertThat(stuck.keySet())
                    .as(
                            "seed %d: runs that never end, at %s: %s",
                            seed,
                            world.now,
                            world.shard.everything().stream()
                                    .filter(image -> stuck.containsKey(image.run()))
                                    .map(ShardPropertiesTest::comparable)
                                    .limit(1)
                                    .toList())
                    .isEmpty();
        }
    }

    @Test
    void aRecoveredShardEqualsTheOneThatWasThere() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var world = run(seed);
            var recovered = world.recover();
            recovered.handle(new Command.Tick(), world.now, new Batch());
            world.shard.handle(new Command.Tick(), world.now, new Batch());
            var expected = images(world.shard);
            var actual = images(recovered);
            assertThat(actual.keySet()).as("seed %d", seed).isEqualTo(expected.keySet());
            for (var run : expected.keySet()) {
                for (int i = 0; i < expected.get(run).size(); i++) {
                    assertThat(actual.get(run).get(i))
                            .as("seed %d, run %s", seed, run)
                            .isEqualTo(expected.get(run).get(i));
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameFacts() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(run(seed).facts).as("seed %d", seed).isEqualTo(run(seed).facts);
        }
    }

    @Test
    void anAttemptsNumberOnlyGrowsAndNothingFollowsAnEnd() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var world = run(seed);
            world.heal();
            var newest = new HashMap<List<Object>, Integer>();
            var over = new HashSet<RunId>();
            var succeeded = new HashSet<List<Object>>();
            for (var fact : world.facts) {
                if (fact instanceof Fact.OfRun ofRun) {
                    assertThat(over)
                            .as("seed %d: runs that had ended before %s", seed, fact)
                            .doesNotContain(ofRun.run());
                }
                if (fact instanceof Fact.RunEnded ended) {
                    over.add(ended.run());
                } else if (fact instanceof Fact.AttemptOffered offered) {
                    var ref = offered.attempt();
                    List<Object> task = List.of(ref.run(), ref.node(), ref.element());
                    assertThat(ref.attempt()).as("seed %d: %s", seed, fact).isEqualTo(newest.getOrDefault(task, 0) + 1);
                    assertThat(succeeded).as("seed %d: %s", seed, fact).doesNotContain(task);
                    newest.put(task, ref.attempt());
                } else if (fact instanceof Fact.AttemptSucceeded success) {
                    var ref = success.attempt();
                    List<Object> task = List.of(ref.run(), ref.node(), ref.element());
                    assertThat(newest.get(task)).isEqualTo(ref.attempt());
                    assertThat(succeeded.add(task)).isTrue();
                }
            }
        }
    }

    @Test
    void whatMayBeEnteredOnlyOnceIsNeverOfferedAgainOnceStarted() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var world = run(seed);
            var started = new HashSet<List<Object>>();
            for (var fact : world.facts) {
                if (fact instanceof Fact.AttemptLost lost) {
                    var ref = lost.attempt();
                    assertThat(started.contains(List.<Object>of(ref)) && world.atMostOnce(ref))
                            .as("seed %d: %s", seed, fact)
                            .isFalse();
                } else if (fact instanceof Fact.AttemptStarted start) {
                    started.add(List.of(start.attempt()));
                }
            }
        }
    }

    private static RandomWorld run(long seed) {
        var world = new RandomWorld(seed);
        for (int i = 0; i < STEPS; i++) {
            world.step();
        }
        return world;
    }

    private static Map<RunId, List<Object>> images(Shard shard) {
        var images = new HashMap<RunId, List<Object>>();
        for (var image : shard.everything()) {
            if (!image.state().isFinal()) {
                images.put(image.run(), comparable(image));
            }
        }
        return images;
    }

    private static List<Object> comparable(RunImage image) {
        var parts = new ArrayList<Object>();
        parts.add(image.state());
        parts.addAll(image.tasks());
        parts.add(image.cleanUp());
        parts.add(image.failure());
        parts.add(image.cancelReason());
        parts.add(image.deadlinePassed());
        return parts;
    }
}
