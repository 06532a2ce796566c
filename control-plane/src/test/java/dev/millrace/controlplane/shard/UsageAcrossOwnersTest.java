package dev.millrace.controlplane.shard;

import static dev.millrace.controlplane.shard.ShardWorld.PATIENCE;
import static dev.millrace.controlplane.shard.ShardWorld.eager;
import static dev.millrace.controlplane.shard.ShardWorld.never;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.shard.ShardWorld.Instance;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Spent;
import dev.millrace.engine.Usage;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What runs use counts once in the totals, whoever projects it and however often that is interrupted. */
class UsageAcrossOwnersTest {
    private static final int RUNS = 60;
    private static final int STEPS = 2;
    private static final long TOKENS = 7;

    private final ShardWorld world = new ShardWorld(Workflow.chain("orders", "charge", "ship"));
    private final AtomicInteger done = new AtomicInteger();

    @AfterEach
    void close() {
        world.close();
    }

    /** A worker that does at once what it is told, and uses so many tokens for it. */
    private void work(Instance instance) {
        instance.shards.openWorker(
                world.tenant,
                new WorkerInfo(new WorkerId(UUID.randomUUID()), "worker", 3, Map.of(), List.of(world.version)),
                List.of(),
                batch -> {
                    for (var effect : batch) {
                        if (effect instanceof Effect.Assign assign) {
                            complete(instance, assign);
                        }
                    }
                });
    }

    private void complete(Instance instance, Effect.Assign assign) {
        var attempt = assign.assignment().attempt();
        var spent = Spent.of(Usage.of("tokens", TOKENS), Usage.NONE);
        var success = new Command.Outcome.Success(Payload.inline(new byte[] {'1'}), -1);
        instance.shards.tell(
                world.tenant,
                new Command.WorkerSays(
                        assign.session(),
                        List.of(attempt),
                        List.of(new Command.Completion(done.incrementAndGet(), attempt, success, spent)),
                        List.of(),
                        false));
    }

    private long total() {
        return world.database.number("SELECT coalesce(sum(amount), 0) FROM analytics.usage WHERE tenant_id = '"
                + world.tenant + "' AND workflow = 'orders' AND name = 'tokens'");
    }

    private RunImage read(Instance instance, RunId run) throws Exception {
        return ((Reply.RunRead) instance.ask(number -> new Command.ReadRun(number, world.tenant, run))).image();
    }

    private void ended(Instance instance, List<RunId> runs) {
        for (var run : runs) {
            await().atMost(PATIENCE).until(() -> read(instance, run).state().isFinal());
        }
    }

    /** What the runs themselves say that they used: attempts of a killed owner that were not stored say nothing. */
    private long used(Instance instance, List<RunId> runs) throws Exception {
        long used = 0;
        for (var run : runs) {
            used += read(instance, run).usage().amount("tokens");
        }
        return used;
    }

    @Test
    void everythingCountsOnceWhenOwnersThatProjectAllTheTimeAreKilled() throws Exception {
        assertExact(eager());
    }

    @Test
    void everythingCountsOnceWhenOwnersThatHaveProjectedNothingAreKilled() throws Exception {
        assertExact(never());
    }

    private void assertExact(Settings.Projection projection) throws Exception {
        var instance = world.instance(projection).serving();
        work(instance);
        var runs = instance.start(RUNS);
        for (int enough : new int[] {RUNS / 3, RUNS}) {
            await().atMost(PATIENCE).until(() -> done.get() >= enough);
            instance.kill();
            instance = world.instance(projection).serving();
            work(instance);
        }
        ended(instance, runs);
        instance.kill();

        var last = world.instance(eager()).serving();
        assertThat(used(last, runs)).isGreaterThanOrEqualTo(RUNS * STEPS * TOKENS);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(total()).isEqualTo(used(last, runs)));
    }

    @Test
    void aReplayAddsWhatItUsesAndNotWhatItKeeps() throws Exception {
        var instance = world.instance(eager()).serving();
        work(instance);
        var runs = instance.start(1);
        ended(instance, runs);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(total()).isEqualTo(2 * TOKENS));

        var run = runs.get(0);
        instance.ask(number -> new Command.ReplayRun(
                number, world.tenant, run, 0, new Command.ReplayFrom.Step(1), Optional.empty(), "me", "again"));
        ended(instance, runs);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(total()).isEqualTo(3 * TOKENS));
        assertThat(used(instance, runs)).as("of its newest generation").isEqualTo(2 * TOKENS);
        instance.kill();
        var next = world.instance(eager()).serving();
        work(next);
        ended(next, next.start(1));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(total()).isEqualTo(5 * TOKENS));
    }
}
