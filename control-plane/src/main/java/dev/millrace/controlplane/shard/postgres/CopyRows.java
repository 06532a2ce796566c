package dev.millrace.controlplane.shard.postgres;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.util.ByteConverter;

/**
 * New rows of one table in the binary form of COPY, the cheapest way into it. Values are put column by column, in the order of the
 * COPY command.
 */
final class CopyRows {
    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int TEXT_OID = 25;

    private final int columns;
    private byte[] data = new byte[1 << 14];
    private int size;
    private int rows;

    CopyRows(int columns) {
        this.columns = columns;
        put(SIGNATURE);
        rawInt(0); // flags
        rawInt(0); // length of the header's extension
    }

    boolean isEmpty() {
        return rows == 0;
    }

    /** Sends the rows. */
    void send(Connection connection, String copy) throws SQLException {
        if (isEmpty()) {
            return;
        }
        room(2);
        ByteConverter.int2(data, size, -1);
        size += 2;
        var in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
        try {
            in.writeToCopy(data, 0, size);
            in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
        }
    }

    CopyRows row() {
        rows++;
        room(2);
        ByteConverter.int2(data, size, columns);
        size += 2;
        return this;
    }

    CopyRows uuid(UUID value) {
        rawInt(16);
        rawLong(value.getMostSignificantBits());
        rawLong(value.getLeastSignificantBits());
        return this;
    }

    CopyRows optionalUuid(Optional<UUID> value) {
        return value.map(this::uuid).orElseGet(this::none);
    }

    CopyRows smallint(int value) {
        rawInt(2);
        room(2);
        ByteConverter.int2(data, size, value);
        size += 2;
        return this;
    }

    CopyRows integer(int value) {
        rawInt(4);
        rawInt(value);
        return this;
    }

    CopyRows bool(boolean value) {
        rawInt(1);
        room(1);
        data[size++] = (byte) (value ? 1 : 0);
        return this;
    }

    /** {@link Instant#MIN} and {@link Instant#MAX} are no value. */
    CopyRows instant(Instant value) {
        if (value.equals(Instant.MIN) || value.equals(Instant.MAX)) {
            return none();
        }
        rawInt(8);
        rawLong(Instants.micros(value) - BinaryArray.EPOCH_MICROS);
        return this;
    }

    CopyRows bigint(long value) {
        rawInt(8);
        rawLong(value);
        return this;
    }

    CopyRows bytes(byte[] value) {
        rawInt(value.length);
        put(value);
        return this;
    }

    CopyRows text(String value) {
        return bytes(storable(value).getBytes(StandardCharsets.UTF_8));
    }

    CopyRows optionalText(Optional<String> value) {
        return value.map(this::text).orElseGet(this::none);
    }

    /** An array of texts; no value when it is empty. */
    CopyRows texts(List<String> values) {
        if (values.isEmpty()) {
            return none();
        }
        rawInt(0);
        int start = size;
        rawInt(1); // dimensions
        rawInt(0); // no nulls
        rawInt(TEXT_OID);
        rawInt(values.size());
        rawInt(1); // first index
        values.forEach(this::text);
        ByteConverter.int4(data, start - 4, size - start);
        return this;
    }

    private CopyRows none() {
        rawInt(-1);
        return this;
    }

    /** PostgreSQL keeps every character but U+0000; text of users may have it, and one run must not stop a whole pass. */
    static String storable(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace('\0', '\ufffd');
    }

    private void rawInt(int value) {
        room(4);
        ByteConverter.int4(data, size, value);
        size += 4;
    }

    private void rawLong(long value) {
        room(8);
        ByteConverter.int8(data, size, value);
        size += 8;
    }

    private void put(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, data, size, bytes.length);
        size += bytes.length;
    }

    private void room(int more) {
        if (size + more > data.length) {
            data = Arrays.copyOf(data, Math.max(Math.multiplyExact(data.length, 2), size + more));
        }
    }
}
