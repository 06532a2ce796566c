package dev.millrace.controlplane.shard.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.postgresql.PGConnection;

/** Columns of many rows as arrays that the driver sends in binary form; {@code unnest} makes rows of them again. */
final class SqlArrays {
    private SqlArrays() {}

    static <T> Array smallints(Connection connection, List<T> rows, ToIntFunction<T> value) throws SQLException {
        short[] values = new short[rows.size()];
        for (int i = 0; i < values.length; i++) {
            int wide = value.applyAsInt(rows.get(i));
            values[i] = (short) wide;
            if (values[i] != wide) {
                throw new IllegalArgumentException(wide + " does not fit a smallint.");
            }
        }
        return connection.unwrap(PGConnection.class).createArrayOf("int2", values);
    }

    static <T> Array ints(Connection connection, List<T> rows, ToIntFunction<T> value) throws SQLException {
        return connection
                .unwrap(PGConnection.class)
                .createArrayOf("int4", rows.stream().mapToInt(value).toArray());
    }

    static <T> Array bigints(Connection connection, List<T> rows, java.util.function.ToLongFunction<T> value)
            throws SQLException {
        return connection
                .unwrap(PGConnection.class)
                .createArrayOf("int8", rows.stream().mapToLong(value).toArray());
    }

    /** U+0000, which PostgreSQL does not keep, becomes the replacement character. */
    static <T> Array texts(Connection connection, List<T> rows, Function<T, String> value) throws SQLException {
        return connection.createArrayOf(
                "text", rows.stream().map(value.andThen(CopyRows::storable)).toArray(String[]::new));
    }
}
