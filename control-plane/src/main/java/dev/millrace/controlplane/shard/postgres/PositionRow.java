package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots.Position;
import dev.millrace.engine.Snapshots.Projection;
import java.sql.Connection;
import java.sql.SQLException;

/** The row that says how far the images of a shard are. */
final class PositionRow {
    private PositionRow() {}

    /** Takes the row over; waits for a pass that holds it. */
    static Position open(Connection connection, int shard, long epoch) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* projection.open */
                INSERT INTO core.projection AS p (shard, epoch) VALUES (?, ?)
                ON CONFLICT (shard) DO UPDATE SET epoch = excluded.epoch WHERE p.epoch <= excluded.epoch
                RETURNING seq, image""")) {
            statement.setInt(1, shard);
            statement.setLong(2, epoch);
            try (var rows = statement.executeQuery()) {
                if (!rows.next()) {
                    throw fenced(shard, epoch);
                }
                var image = rows.getBytes(2);
                return new Position(epoch, rows.getLong(1), image == null ? ShardImage.EMPTY : ImageCodec.shard(image));
            }
        }
    }

    static void move(Connection connection, Projection projection) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* projection.move */
                UPDATE core.projection SET seq = ?, image = ? WHERE shard = ? AND epoch = ? AND seq = ?""")) {
            statement.setLong(1, projection.toSeq());
            statement.setBytes(2, ImageCodec.encode(projection.image()));
            statement.setInt(3, projection.shard());
            statement.setLong(4, projection.epoch());
            statement.setLong(5, projection.fromSeq());
            if (statement.executeUpdate() != 1) {
                throw fenced(projection.shard(), projection.epoch());
            }
        }
    }

    static boolean isAt(Connection connection, int shard, long epoch, long seq) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* projection.position */ SELECT FROM core.projection WHERE shard = ? AND epoch = ? AND seq = ?")) {
            statement.setInt(1, shard);
            statement.setLong(2, epoch);
            statement.setLong(3, seq);
            try (var rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static FencedException fenced(int shard, long epoch) {
        return new FencedException(
                shard,
                "Nothing was projected: the images of shard " + shard + " are not where epoch " + epoch
                        + " left them. Its owner must forget the shard.");
    }
}
