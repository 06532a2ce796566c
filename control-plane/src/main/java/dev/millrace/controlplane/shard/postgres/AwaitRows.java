package dev.millrace.controlplane.shard.postgres;

import static dev.millrace.controlplane.shard.postgres.Instants.instant;
import static dev.millrace.controlplane.shard.postgres.Instants.micros;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.engine.Effect;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.protocol.journal.v1.Awaits;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What runs wait for that is brought to them, a row for each run that waits: a new owner learns of them without reading every image.
 * Written in the transaction of the pass.
 */
final class AwaitRows implements Passes.Rows {
    @Override
    public void write(Connection connection, Projection projection, ChangedTasks changed) throws SQLException {
        List<Effect.Awaits> waiting = new ArrayList<>();
        List<Effect.Awaits> over = new ArrayList<>();
        for (var image : projection.runs()) {
            if (hasEverWaited(image)) {
                var awaits = awaits(image);
                (awaits.open().isEmpty() ? over : waiting).add(awaits);
            }
        }
        put(connection, projection.shard(), waiting);
        remove(connection, over);
    }

    private static boolean hasEverWaited(RunImage image) {
        if (image.allowance().asked()) {
            return true;
        }
        for (var task : image.tasks()) {
            for (var checkpoint : task.checkpoints().all()) {
                if (checkpoint.kind().isBrought()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Effect.Awaits awaits(RunImage image) {
        return Effect.Awaits.of(image);
    }

    private static void put(Connection connection, int shard, List<Effect.Awaits> waiting) throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
                /* projection.waits */
                INSERT INTO core.run_wait (tenant_id, run_id, shard, body)
                SELECT u.tenant_id, u.run_id, ?, u.body FROM unnest(?::uuid[], ?::uuid[], ?::bytea[]) u(tenant_id, run_id, body)
                ON CONFLICT (tenant_id, run_id) DO UPDATE SET shard = excluded.shard, body = excluded.body""")) {
            statement.setInt(1, shard);
            statement.setObject(
                    2, BinaryArray.ofUuids(waiting, awaits -> awaits.tenant().value()));
            statement.setObject(
                    3, BinaryArray.ofUuids(waiting, awaits -> awaits.run().value()));
            statement.setObject(4, BinaryArray.ofMessages(waiting, AwaitRows::message));
            statement.executeUpdate();
        }
    }

    private static void remove(Connection connection, List<Effect.Awaits> over) throws SQLException {
        if (over.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
                /* projection.waits_over */
                DELETE FROM core.run_wait w USING unnest(?::uuid[], ?::uuid[]) u(tenant_id, run_id)
                WHERE w.tenant_id = u.tenant_id AND w.run_id = u.run_id""")) {
            statement.setObject(
                    1, BinaryArray.ofUuids(over, awaits -> awaits.tenant().value()));
            statement.setObject(
                    2, BinaryArray.ofUuids(over, awaits -> awaits.run().value()));
            statement.executeUpdate();
        }
    }

    /** All of a shard. */
    static List<Effect.Awaits> read(Connection connection, int shard) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* waits.of_shard */ SELECT tenant_id, run_id, body FROM core.run_wait WHERE shard = ?")) {
            statement.setInt(1, shard);
            List<Effect.Awaits> all = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(awaits(
                            new TenantId(rows.getObject(1, UUID.class)),
                            new RunId(rows.getObject(2, UUID.class)),
                            rows.getBytes(3)));
                }
            }
            return all;
        }
    }

    private static Awaits message(Effect.Awaits awaits) {
        var message = Awaits.newBuilder()
                .setGeneration(awaits.generation())
                .setWorkflow(awaits.version().workflow())
                .setVersion(awaits.version().hash())
                .setStarted(micros(awaits.started()));
        for (var open : awaits.open()) {
            message.addOpen(dev.millrace.protocol.journal.v1.OpenWait.newBuilder()
                    .setNode(open.node())
                    .setElement(open.element())
                    .setCheckpoint(CheckpointCodec.message(open.checkpoint()))
                    .setSince(open.since()));
        }
        if (awaits.input().isPresent()) {
            message.setInput(Messages.message(awaits.input()));
        }
        return message.build();
    }

    private static Effect.Awaits awaits(TenantId tenant, RunId run, byte[] body) {
        try {
            var message = Awaits.parseFrom(body);
            return new Effect.Awaits(
                    tenant,
                    run,
                    message.getGeneration(),
                    new VersionRef(message.getWorkflow(), message.getVersion()),
                    instant(message.getStarted()),
                    message.getOpenList().stream()
                            .map(open -> new OpenWait(
                                    open.getNode(),
                                    open.getElement(),
                                    CheckpointCodec.checkpoint(open.getCheckpoint()),
                                    open.getSince()))
                            .toList(),
                    Messages.payload(message.getInput()));
        } catch (InvalidProtocolBufferException e) {
            throw new UnknownFormatException("what run " + run + " waits for", e);
        }
    }
}
