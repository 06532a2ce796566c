package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.Journal.Entry;
import dev.millrace.engine.Journal.JournalException;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads the batches of a shard in order, from whatever tables of whatever rings they are in. A gap is an error, never passed over. */
final class JournalReader {
    private static final int READ_AHEAD = 256;

    private JournalReader() {}

    static void read(Connection connection, int shard, long afterSeq, Consumer<Entry> consumer) throws SQLException {
        long lastSeq;
        try (var statement =
                connection.prepareStatement("/* journal.position */ SELECT last_seq FROM core.shard WHERE shard = ?")) {
            statement.setInt(1, shard);
            try (var rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return;
                }
                lastSeq = rows.getLong(1);
            }
        }
        var everywhere = JournalRing.allTables(connection).stream()
                .map(table -> "SELECT seq, part, body FROM " + table + " WHERE shard = ? AND seq > ? AND seq <= ?")
                .collect(Collectors.joining(" UNION ALL "));
        try (var statement = connection.prepareStatement("/* journal.read */ " + everywhere + " ORDER BY seq, part")) {
            int parameters = statement.getParameterMetaData().getParameterCount();
            for (int at = 1; at <= parameters; at += 3) {
                statement.setInt(at, shard);
                statement.setLong(at + 1, afterSeq);
                statement.setLong(at + 2, lastSeq);
            }
            statement.setFetchSize(READ_AHEAD);
            long expected = afterSeq + 1;
            var body = new ByteArrayOutputStream();
            int part = 0;
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    long seq = rows.getLong(1);
                    if (part > 0 && seq > expected) {
                        consumer.accept(FactCodec.decode(shard, expected, body.toByteArray()));
                        body.reset();
                        part = 0;
                        expected++;
                    }
                    if (seq != expected || rows.getInt(2) != part) {
                        throw gap(shard, expected, lastSeq);
                    }
                    body.writeBytes(rows.getBytes(3));
                    part++;
                }
            }
            if (part > 0) {
                consumer.accept(FactCodec.decode(shard, expected, body.toByteArray()));
                expected++;
            }
            if (expected != lastSeq + 1 && afterSeq < lastSeq) {
                throw gap(shard, expected, lastSeq);
            }
        }
    }

    private static JournalException gap(int shard, long missing, long lastSeq) {
        return new JournalException(
                "The journal of shard " + shard + " lacks batch " + missing + " or a part of it, although " + lastSeq
                        + " batches were stored. Restore the database from a backup.",
                null);
    }
}
