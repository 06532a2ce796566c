package dev.millrace.controlplane.shard;

import static dev.millrace.controlplane.shard.ShardWorld.PATIENCE;
import static dev.millrace.controlplane.shard.ShardWorld.eager;
import static dev.millrace.controlplane.shard.ShardWorld.never;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.shard.ShardWorld.Worker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who takes a shard over learns what its runs wait for, whether that is projected or in the journal's tail alone. */
class AwaitsTest {
    private static final CheckpointKey PAID = new CheckpointKey("", "paid", 1);
    private static final Payload ASK = Payload.inline("{\"where\":\"true\"}".getBytes(StandardCharsets.UTF_8));

    private final ShardWorld world = new ShardWorld(Workflow.durable("orders"));

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void whatRunsWaitForIsKnownToTheNextOwnerWhenNothingWasProjected() throws Exception {
        whatRunsWaitForIsKnownToTheNextOwner(never());
    }

    @Test
    void whatRunsWaitForIsKnownToTheNextOwnerWhenEverythingWasProjected() throws Exception {
        whatRunsWaitForIsKnownToTheNextOwner(eager());
    }

    private void whatRunsWaitForIsKnownToTheNextOwner(Settings.Projection projection) throws Exception {
        var first = world.instance(projection).serving();
        var run = waiting(first);
        if (projection.equals(eager())) {
            await().atMost(PATIENCE).until(() -> rows() == 1);
        }
        first.kill();

        var second = world.instance(eager());
        Map<RunId, Effect.Awaits> heard = new ConcurrentHashMap<>();
        second.serving().shards.onAwaits(awaits -> heard.put(awaits.run(), awaits));
        await().atMost(PATIENCE).until(() -> heard.containsKey(run));
        assertThat(heard.get(run).open()).singleElement().satisfies(open -> {
            assertThat(open.checkpoint().key()).isEqualTo(PAID);
            assertThat(open.checkpoint().value()).isEqualTo(ASK);
        });

        assertThat(bring(second, run, "event-1").accepted()).isTrue();
        assertThat(bring(second, run, "event-2").accepted()).isFalse();
        assertThat(heard.get(run).open()).isEmpty();
        await().atMost(PATIENCE).until(() -> rows() == 0);
    }

    private RunId waiting(ShardWorld.Instance instance) throws Exception {
        var worker = new Worker(world, instance, false);
        var run = instance.start(1).get(0);
        await().atMost(PATIENCE).until(() -> worker.got(Effect.Assign.class).size() == 1);
        var attempt = worker.got(Effect.Assign.class).get(0).assignment().attempt();
        var made = new Command.NewCheckpoint(
                1, PAID, 0, CheckpointKind.EVENT, "", new Command.Content.Wait(Duration.ofHours(1), ASK));
        instance.shards.tell(world.tenant, new Command.StoreCheckpoints(worker.session, attempt, List.of(made)));
        instance.shards.tell(world.tenant, new Command.SuspendAttempt(worker.session, attempt, 0));
        await().atMost(PATIENCE)
                .until(() -> worker.got(Effect.CheckpointsStored.class).size() == 1);
        return run;
    }

    private Reply.WaitSettled bring(ShardWorld.Instance instance, RunId run, String event) throws Exception {
        return (Reply.WaitSettled) instance.ask(number -> new Command.SettleWait(
                number, world.tenant, run, 1, 0, 0, PAID, CheckpointKind.EVENT, Checkpoint.State.DONE, ASK, event));
    }

    private long rows() {
        return world.database.number("SELECT count(*) FROM core.run_wait");
    }
}
