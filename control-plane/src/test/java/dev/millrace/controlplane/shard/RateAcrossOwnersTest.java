package dev.millrace.controlplane.shard;

import static dev.millrace.controlplane.shard.ShardWorld.PATIENCE;
import static dev.millrace.controlplane.shard.ShardWorld.eager;
import static dev.millrace.controlplane.shard.ShardWorld.never;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.shard.ShardWorld.Instance;
import dev.millrace.controlplane.shard.ShardWorld.Worker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A rate limit while its owners are killed: what counts are the stored times of all attempts, whoever offered them. */
class RateAcrossOwnersTest {
    private static final int TOKENS_A_SECOND = 40;
    private static final int BURST = 30;
    private static final int RUNS = 120;

    private final ShardWorld world = new ShardWorld(limited());

    @AfterEach
    void close() {
        world.close();
    }

    private static Manifest limited() {
        var plain = Workflow.chain("orders", "charge");
        return plain.toBuilder()
                .rateLimits(List.of(new RateLimitSpec("api", TOKENS_A_SECOND, Duration.ofSeconds(1), BURST)))
                .steps(List.of(plain.steps().get(0).toBuilder()
                        .rateLimits(List.of(new RateLimitUse("api", 1)))
                        .build()))
                .build();
    }

    @Test
    void noIntervalSeesMoreThanBurstAndRateAllowWhenOwnersWhoProjectedEverythingAreKilled() throws Exception {
        assertExact(eager());
    }

    @Test
    void noIntervalSeesMoreThanBurstAndRateAllowWhenOwnersWhoProjectedNothingAreKilled() throws Exception {
        assertExact(never());
    }

    private void assertExact(Settings.Projection projection) throws Exception {
        var instance = world.instance(projection).serving();
        var worker = new Worker(world, instance, true);
        var runs = instance.start(RUNS);
        for (int enough : new int[] {BURST + 10, 20}) {
            var current = worker;
            await().atMost(PATIENCE)
                    .until(() -> current.got(Effect.Assign.class).size() >= enough);
            instance.kill();
            instance = world.instance(projection).serving();
            worker = new Worker(world, instance, true);
        }
        var last = instance;
        var offers = new ArrayList<Instant>();
        for (var run : runs) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> read(last, run).state().isFinal());
            read(last, run).history().stream()
                    .filter(one -> one.state().equals(AttemptState.OFFERED.name()))
                    .forEach(one -> offers.add(one.at()));
        }
        offers.sort(Instant::compareTo);
        assertThat(offers).hasSizeGreaterThanOrEqualTo(RUNS);
        for (int from = 0; from < offers.size(); from++) {
            for (int to = from; to < offers.size(); to++) {
                double seconds =
                        Duration.between(offers.get(from), offers.get(to)).toNanos() / 1e9;
                assertThat(to - from + 1.0)
                        .as("offers %d to %d, in %s s", from, to, seconds)
                        .isLessThanOrEqualTo(BURST + TOKENS_A_SECOND * seconds + 1e-4);
            }
        }
    }

    private RunImage read(Instance instance, RunId run) throws Exception {
        return ((Reply.RunRead) instance.ask(number -> new Command.ReadRun(number, world.tenant, run))).image();
    }
}
