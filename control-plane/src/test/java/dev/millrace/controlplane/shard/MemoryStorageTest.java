package dev.millrace.controlplane.shard;

import static dev.millrace.controlplane.shard.ShardWorld.PATIENCE;
import static dev.millrace.controlplane.shard.ShardWorld.eager;
import static dev.millrace.controlplane.shard.ShardWorld.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunState;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryStorageTest {
    private final ShardWorld world = new ShardWorld();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void runsStayInMemoryAndTheirListsInTheDatabase() throws Exception {
        var instance = world.inMemory(eager()).serving();
        new ShardWorld.Worker(world, instance, true);
        var run = instance.start(5).get(0);
        await().atMost(PATIENCE)
                .until(() -> world.database.number("SELECT count(*) FROM analytics.run WHERE state = 3") == 5);
        assertThat(world.database.number("SELECT count(*) FROM analytics.task WHERE step IN ('charge', 'ship')"))
                .isEqualTo(10);
        assertThat(world.database.number("SELECT count(*) FROM core.run")).isZero();
        assertThat(world.database.number("SELECT count(*) FROM core.unique_key"))
                .isZero();
        var image = ((Reply.RunRead) instance.ask(number -> new Command.ReadRun(number, world.tenant, run))).image();
        assertThat(image.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRequestThatIsSentAgainIsAnsweredWithTheSameRuns() throws Exception {
        var instance = world.inMemory(eager()).serving();
        var request = UUID.randomUUID();
        var runs = ShardWorld.started(eventually(instance.startLater(request, 2, run -> 0L)));
        assertThat(ShardWorld.started(instance.ask(number -> instance.starts(number, request, true, 2, run -> 0L))))
                .isEqualTo(runs);
    }
}
