package dev.millrace.controlplane.shard;

import static dev.millrace.controlplane.shard.ShardWorld.PATIENCE;
import static dev.millrace.controlplane.shard.ShardWorld.eager;
import static dev.millrace.controlplane.shard.ShardWorld.eventually;
import static dev.millrace.controlplane.shard.ShardWorld.never;
import static dev.millrace.controlplane.shard.ShardWorld.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.shard.ShardWorld.Replies;
import dev.millrace.controlplane.shard.ShardWorld.Worker;
import dev.millrace.controlplane.shard.Shards.ShardException;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunState;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardServiceTest {
    private final ShardWorld world = new ShardWorld();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void anAcknowledgedRunReachesItsEndAndWhoFollowsItIsTold() throws Exception {
        var instance = world.instance(eager()).serving();
        new Worker(world, instance, true);
        var replies = new Replies();
        var reply = instance.startLater(UUID.randomUUID(), 10, run -> instance.shards.listen(world.tenant, replies));
        assertThat(started(eventually(reply))).hasSize(10);
        await().atMost(PATIENCE).until(() -> replies.all.size() == 10);
        assertThat(replies.all)
                .allSatisfy(end ->
                        assertThat(((Reply.RunEnded) end).image().state()).isEqualTo(RunState.SUCCEEDED));
    }

    @Test
    void whoFollowsARunThatHasJustEndedIsToldWithoutAskingTheDatabase() throws Exception {
        var instance = world.instance(eager()).serving();
        new Worker(world, instance, true);
        var run = instance.start(1).get(0);
        await().atMost(PATIENCE)
                .until(() -> world.database.number("SELECT count(*) FROM core.run WHERE state = 3") == 1);
        world.database.execute("ALTER TABLE core.run RENAME TO run_that_nobody_can_ask");
        var replies = new Replies();
        await().atMost(PATIENCE).until(() -> {
            instance.follow(run, replies);
            return !replies.all.isEmpty();
        });
        assertThat(replies.all)
                .first()
                .satisfies(
                        end -> assertThat(((Reply.RunEnded) end).image().run()).isEqualTo(run));
        world.database.execute("ALTER TABLE core.run_that_nobody_can_ask RENAME TO run");
    }

    @Test
    void nothingIsToldBeforeItIsStored() throws Exception {
        var instance = world.instance(never()).serving();
        var worker = new Worker(world, instance, false);
        await().atMost(PATIENCE)
                .until(() -> worker.got(Effect.WelcomeWorker.class).size() == 1);
        CompletableFuture<Reply> reply;
        try (var holder = hold("SELECT FROM core.shard WHERE shard = 0 FOR UPDATE")) {
            reply = instance.startLater(UUID.randomUUID(), 1, run -> 0L);
            awaitBlocked();
            assertThat(reply).isNotDone();
            assertThat(worker.got(Effect.Assign.class)).isEmpty();
            holder.commit();
        }
        assertThat(started(eventually(reply))).hasSize(1);
        await().atMost(PATIENCE).until(() -> worker.got(Effect.Assign.class).size() == 1);
    }

    @Test
    void aReadTellsNothingThatIsNotStored() throws Exception {
        var instance = world.instance(never()).serving();
        var run = instance.start(1).get(0);
        CompletableFuture<Reply> cancel;
        CompletableFuture<Reply> read;
        try (var holder = hold("SELECT FROM core.shard WHERE shard = 0 FOR UPDATE")) {
            cancel = instance.shards
                    .ask(world.tenant, number -> new Command.CancelRun(number, world.tenant, run, "test"), PATIENCE)
                    .toCompletableFuture();
            awaitBlocked();
            read = instance.shards
                    .ask(world.tenant, number -> new Command.ReadRun(number, world.tenant, run), PATIENCE)
                    .toCompletableFuture();
            assertThat(read).isNotDone();
            holder.commit();
        }
        assertThat(((Reply.CancelDecided) eventually(cancel)).accepted()).isTrue();
        assertThat(((Reply.RunRead) eventually(read)).image().cancelReason()).isEqualTo("test");
    }

    @Test
    void whoWaitsTooLongIsTold() throws Exception {
        var instance = world.instance(never()).serving();
        try (var holder = hold("SELECT FROM core.shard WHERE shard = 0 FOR UPDATE")) {
            var reply = instance.shards
                    .ask(
                            world.tenant,
                            number -> instance.starts(number, UUID.randomUUID(), false, 1, run -> 0L),
                            Duration.ofMillis(100))
                    .toCompletableFuture();
            assertFails(reply, "DEADLINE_EXCEEDED");
            holder.commit();
        }
    }

    // ---- keys and images that must be read ----

    @Test
    void aRequestThatIsSentAgainIsAnsweredWithTheSameRunsAlsoByTheNextOwner() throws Exception {
        var first = world.instance(eager()).serving();
        var request = UUID.randomUUID();
        var runs = started(eventually(first.startLater(request, 3, run -> 0L)));
        first.kill();
        var second = world.instance(eager()).serving();
        var again = second.ask(number -> second.starts(number, request, true, 3, run -> 0L));
        assertThat(started(again)).isEqualTo(runs);
        assertThat(world.database.number("SELECT count(*) FROM core.unique_key"))
                .isEqualTo(1);
    }

    @Test
    void aRunThatIsNoLongerInMemoryIsReadFromItsImageWithItsHistory() throws Exception {
        var instance = world.instance(eager()).serving();
        new Worker(world, instance, true);
        var run = instance.start(1).get(0);
        await().atMost(PATIENCE)
                .until(() -> world.database.number("SELECT count(*) FROM core.run WHERE state = 3") == 1);
        await().atMost(PATIENCE).untilAsserted(() -> {
            var image =
                    ((Reply.RunRead) instance.ask(number -> new Command.ReadRun(number, world.tenant, run))).image();
            assertThat(image.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(image.tasks()).hasSize(2);
            assertThat(image.history()).isNotEmpty();
        });
        var other = world.newTenant(0);
        assertThat(eventually(instance.shards
                        .ask(other, number -> new Command.ReadRun(number, other, run), PATIENCE)
                        .toCompletableFuture()))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("RUN_NOT_FOUND"));
    }

    // ---- owners come and go ----

    @Test
    void whatAKilledOwnerHadStoredIsThereForTheNextAlsoWhenNothingWasProjected() throws Exception {
        whatAKilledOwnerHadStoredIsThereForTheNext(never());
    }

    @Test
    void whatAKilledOwnerHadStoredIsThereForTheNextAlsoWhenEverythingWasProjected() throws Exception {
        whatAKilledOwnerHadStoredIsThereForTheNext(eager());
    }

    private void whatAKilledOwnerHadStoredIsThereForTheNext(Settings.Projection projection) throws Exception {
        var first = world.instance(projection).serving();
        var idle = new Worker(world, first, false);
        var runs = first.start(50);
        await().atMost(PATIENCE).until(() -> idle.got(Effect.Assign.class).size() == 50);
        if (projection.equals(eager())) {
            await().atMost(PATIENCE)
                    .until(() -> world.database.number(
                                    "SELECT count(*) FROM core.shard JOIN core.projection USING (shard) WHERE last_seq <> seq")
                            == 0);
        }
        first.kill();
        var second = world.instance(never()).serving();
        for (var run : runs) {
            var image = ((Reply.RunRead) second.ask(number -> new Command.ReadRun(number, world.tenant, run))).image();
            assertThat(image.state()).isEqualTo(RunState.RUNNING);
            assertThat(image.tasks()).singleElement().satisfies(task -> {
                assertThat(task.attempt()).isEqualTo(1);
                assertThat(task.worker()).isPresent();
            });
        }
    }

    @Test
    void runsThatAreTakenOverAtAnyMomentEndExactlyOnce() throws Exception {
        int started = 0;
        var instance = world.instance(eager()).serving();
        for (int owner = 0; owner < 4; owner++) {
            new Worker(world, instance, true);
            for (int batch = 0; batch < 5; batch++) {
                started += instance.start(40).size();
            }
            // Somewhere between decided, stored, projected and told.
            instance.kill();
            instance = world.instance(eager()).serving();
        }
        new Worker(world, instance, true);
        int all = started;
        await().atMost(Duration.ofSeconds(60))
                .until(() -> world.database.number("SELECT count(*) FROM core.run WHERE state = 3") == all);
        assertThat(world.database.number("SELECT count(*) FROM core.run")).isEqualTo(all);
        assertThat(world.database.number("SELECT count(*) FROM analytics.run WHERE state = 3"))
                .isEqualTo(all);
        assertThat(world.database.number("SELECT count(*) FROM analytics.task WHERE state = 6"))
                .isEqualTo(2L * all);
    }

    @Test
    void aFormerOwnerTellsNobodyAnythingAndSendsEverybodyAway() throws Exception {
        var first = world.instance(never()).serving();
        var worker = new Worker(world, first, false);
        var follower = new Replies();
        var run = started(eventually(
                        first.startLater(UUID.randomUUID(), 1, id -> first.shards.listen(world.tenant, follower))))
                .get(0);
        await().atMost(PATIENCE).until(() -> worker.got(Effect.Assign.class).size() == 1);

        var second = world.instance(never());
        await().atMost(PATIENCE).until(() -> {
            first.endLeases();
            return second.shards.ready();
        });
        assertFails(first.startLater(UUID.randomUUID(), 1, id -> 0L), "SHARD_UNAVAILABLE");
        await().atMost(PATIENCE)
                .until(() -> worker.got(Effect.CloseWorker.class).size() == 1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(follower.all)
                        .singleElement()
                        .isInstanceOfSatisfying(
                                Reply.Refused.class,
                                refused -> assertThat(refused.code()).isEqualTo("OWNER_CHANGED")));
        assertThat(world.database.number("SELECT count(DISTINCT owner) FROM core.shard"))
                .isEqualTo(1);
        assertThat(((Reply.RunRead) second.ask(number -> new Command.ReadRun(number, world.tenant, run)))
                        .image()
                        .state())
                .isEqualTo(RunState.RUNNING);
    }

    @Test
    void anOwnerWhoseConnectionBrokeForgetsEverythingAndRecovers() throws Exception {
        var instance = world.instance(eager()).serving();
        var runs = instance.start(20);
        world.database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'millrace-writer'");
        assertFails(instance.startLater(UUID.randomUUID(), 1, run -> 0L), "SHARD_UNAVAILABLE");
        await().atMost(PATIENCE).until(instance.shards::ready);
        new Worker(world, instance, true);
        await().atMost(PATIENCE)
                .until(() -> world.database.number("SELECT count(*) FROM core.run WHERE state = 3") == runs.size());
    }

    @Test
    void anOwnerThatStopsInGoodOrderLeavesNothingToReplayAndNobodyWaits() throws Exception {
        var first = world.instance(never()).serving();
        first.start(10);
        first.close();
        assertThat(world.database.number("SELECT count(*) FROM core.shard WHERE owner IS NOT NULL"))
                .isZero();
        assertThat(world.database.number(
                        "SELECT count(*) FROM core.shard JOIN core.projection USING (shard) WHERE last_seq <> seq"))
                .isZero();
        assertThat(world.database.number("SELECT count(*) FROM core.run")).isEqualTo(10);
        var second = world.instance(never()).serving();
        assertThat(second.shards.ready()).isTrue();
    }

    @Test
    void whoFollowsARunAgainAfterTheOwnerChangedWaitsForTheNextOwner() throws Exception {
        var instance = world.instance(never()).serving();
        var again = new Replies();
        var changed = new Replies();
        var run = started(eventually(instance.startLater(
                        UUID.randomUUID(),
                        1,
                        id -> instance.shards.listen(world.tenant, reply -> {
                            changed.accept(reply);
                            long number = instance.shards.listen(world.tenant, again);
                            instance.shards.tell(world.tenant, new Command.FollowRun(number, world.tenant, id));
                        }))))
                .get(0);
        world.database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'millrace-writer'");
        await().atMost(PATIENCE).until(() -> !changed.all.isEmpty());
        await().atMost(PATIENCE).until(instance.shards::ready);
        new Worker(world, instance, true);
        await().atMost(PATIENCE).until(() -> !again.all.isEmpty());
        assertThat(((Reply.RunEnded) again.all.get(0)).image().run()).isEqualTo(run);
    }

    @Test
    void aShardThatAnotherInstanceHoldsIsNotServedUntilItIsFree() throws Exception {
        var first = world.instance(never()).serving();
        var second = world.instance(never()).serving();
        assertThat(second.shards.ready()).isFalse();
        assertFails(second.startLater(UUID.randomUUID(), 1, run -> 0L), "SHARD_UNAVAILABLE");
        var refused = new Worker(world, second, true);
        await().atMost(PATIENCE)
                .until(() -> refused.got(Effect.CloseWorker.class).size() == 1);
        first.close();
        await().atMost(PATIENCE).until(second.shards::ready);
        assertThat(second.start(1)).hasSize(1);
    }

    // ---- too much ----

    @Test
    void startsWaitForTheProjectorAndAreRefusedWhenTooManyWait() throws Exception {
        var engine = Settings.DEFAULT.engine();
        var narrow = new Settings.Engine(
                engine.leaseTime(), engine.renewEvery(), 1, engine.maxQueuedBytes(), 100, engine.journalTable());
        var projection = new Settings.Projection(Duration.ofMillis(1), Duration.ZERO, 1, 10);
        var instance = world.new Instance(ShardWorld.settings(narrow, projection)).serving();
        CompletableFuture<Reply> held;
        try (var holder = hold("SELECT FROM core.projection WHERE shard = 0 FOR UPDATE")) {
            instance.start(20); // more changes than may wait
            held = instance.startLater(UUID.randomUUID(), 1, run -> 0L);
            await().atMost(PATIENCE).untilAsserted(() -> {
                var refused = instance.startLater(UUID.randomUUID(), 1, run -> 0L);
                assertThat(refused).isCompletedExceptionally();
                assertFails(refused, "OVERLOADED");
            });
            assertThat(held).isNotDone();
            // What ends work is not held back.
            new Worker(world, instance, true);
            holder.commit();
        }
        assertThat(started(eventually(held))).hasSize(1);
    }

    @Test
    void startsWaitWhilePayloadsTakeAsMuchMemoryAsTheyMayAndGoOnWhenRunsHaveLeftIt() throws Exception {
        var engine = Settings.DEFAULT.engine();
        var narrow = new Settings.Engine(
                engine.leaseTime(), engine.renewEvery(), 1, engine.maxQueuedBytes(), 100, engine.journalTable());
        var residence = new Settings.Residence(0, 0, 100); // an input here has one byte
        var instance = world.new Instance(ShardWorld.settings(narrow, residence, eager())).serving();
        CompletableFuture<Reply> held;
        try (var holder = hold("SELECT FROM core.projection WHERE shard = 0 FOR UPDATE")) {
            instance.start(150);
            held = instance.startLater(UUID.randomUUID(), 1, run -> 0L);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(instance.startLater(UUID.randomUUID(), 1, run -> 0L))
                                    .failsWithin(Duration.ZERO)
                                    .withThrowableThat()
                                    .withMessageContaining(
                                            "starts wait because inputs, results and checkpoints take as much memory as they may"));
            assertThat(instance.shards.figures().startsHeldBack())
                    .containsEntry("PAYLOADS", 1L)
                    .containsEntry("RUNS", 0L);
            assertThat(held).isNotDone();
            holder.commit();
        }
        assertThat(started(eventually(held))).hasSize(1);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(instance.shards.figures().startsHeldBack().values()).containsOnly(0L);
            assertThat(instance.shards.figures().residents().payloadBytes()).isLessThan(100);
        });
        new Worker(world, instance, true);
        await().atMost(PATIENCE)
                .until(() -> world.database.number("SELECT count(*) FROM core.run WHERE state = 3") == 151);
    }

    @Test
    void aShardWhoseImagesCannotBeWrittenHoldsUpNoOther() throws Exception {
        var instance = world.instance(new Settings.Projection(Duration.ofMillis(1), Duration.ZERO, 1, 100))
                .serving();
        world.database.execute("CREATE FUNCTION core.fail() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE EXCEPTION 'not this one'; END $$");
        world.database.execute("CREATE TRIGGER fail BEFORE UPDATE ON core.projection FOR EACH ROW WHEN (OLD.shard = 0)"
                + " EXECUTE FUNCTION core.fail()");
        // More than may wait to be projected, all of it in one shard.
        var run = instance.start(150).get(0);
        var other = world.newTenant(3);
        var manifest = Workflow.chain("late", "only");
        var version = new VersionRef("late", manifest.hash());
        instance.shards.define(other, new ServiceId(UUID.randomUUID()), version, manifest);
        var reply = instance.shards
                .ask(other, number -> instance.starts(number, other, version), PATIENCE)
                .toCompletableFuture();
        assertThat(started(eventually(reply))).hasSize(1);
        await().atMost(PATIENCE)
                .until(() -> world.database.number("SELECT count(*) FROM core.run WHERE shard = 3") == 1);
        await().atMost(PATIENCE).until(() -> instance.shards.figures().shardsFailing() == 1);
        assertThat(instance.shards.figures().changesNotProjected()).isPositive();
        assertThat(world.database.number("SELECT count(*) FROM core.run WHERE shard = 0"))
                .isZero();

        world.database.execute("DROP TRIGGER fail ON core.projection");
        await().atMost(PATIENCE)
                .until(() -> world.database.number("SELECT count(*) FROM core.run WHERE shard = 0") == 150);
        await().atMost(PATIENCE).until(() -> instance.shards.figures().shardsFailing() == 0);
        assertThat(instance.ask(number -> new Command.ReadRun(number, world.tenant, run)))
                .isInstanceOf(Reply.RunRead.class);
    }

    // ---- tenants and versions ----

    @Test
    void aTenantThatCameAfterTheStartIsFoundAndOneThatDoesNotExistIsRefused() throws Exception {
        var instance = world.instance(never()).serving();
        var late = world.newTenant(3);
        var manifest = Workflow.chain("late", "only");
        var version = new VersionRef("late", manifest.hash());
        instance.shards.define(late, new ServiceId(UUID.randomUUID()), version, manifest);
        var reply = instance.shards
                .ask(
                        late,
                        number -> new Command.StartRuns(
                                number,
                                late,
                                UUID.randomUUID(),
                                false,
                                instance.starts(number, UUID.randomUUID(), false, 1, run -> 0L).runs().stream()
                                        .map(run -> new Command.RunStart(
                                                run.run(),
                                                version,
                                                run.input(),
                                                run.idempotencyKey(),
                                                "",
                                                run.priority(),
                                                run.metadata(),
                                                run.deadline(),
                                                0))
                                        .toList()),
                        PATIENCE)
                .toCompletableFuture();
        assertThat(started(eventually(reply))).hasSize(1);
        assertThat(world.database.number("SELECT last_seq FROM core.shard WHERE shard = 3"))
                .isEqualTo(1);

        var nobody = new TenantId(UUID.randomUUID());
        assertFails(
                instance.shards
                        .ask(
                                nobody,
                                number -> new Command.CancelRun(
                                        number, nobody, started(reply.join()).get(0), "x"),
                                PATIENCE)
                        .toCompletableFuture(),
                "SHARD_UNAVAILABLE");
    }

    @Test
    void aVersionThatIsStoredWhileAShardRecoversIsKnownToItAfterwards() throws Exception {
        var first = world.instance(never()).serving();
        var second = world.instance(never());
        var manifest = Workflow.chain("orders", "charge", "pack", "ship");
        var version = new VersionRef("orders", manifest.hash());
        second.shards.define(world.tenant, new ServiceId(UUID.randomUUID()), version, manifest);
        first.close();
        await().atMost(PATIENCE).until(second.shards::ready);
        var reply = second.ask(number -> new Command.StartRuns(
                number,
                world.tenant,
                UUID.randomUUID(),
                false,
                second.starts(number, UUID.randomUUID(), false, 1, run -> 0L).runs().stream()
                        .map(run -> new Command.RunStart(
                                run.run(),
                                version,
                                run.input(),
                                run.idempotencyKey(),
                                "",
                                run.priority(),
                                run.metadata(),
                                run.deadline(),
                                0))
                        .toList()));
        assertThat(started(reply)).hasSize(1);
    }

    // ----

    private Connection hold(String sql) throws SQLException {
        var connection = world.database.database().owner().getConnection();
        connection.setAutoCommit(false);
        connection.createStatement().execute(sql);
        return connection;
    }

    private void awaitBlocked() {
        await().atMost(PATIENCE)
                .until(() -> world.database.number("SELECT count(*) FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                        > 0);
    }

    private static void assertFails(CompletableFuture<Reply> reply, String code) {
        assertThatThrownBy(() -> reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
