package dev.millrace.controlplane.shard.postgres;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.ByteConverter;

/**
 * New rows of one table in the binary form of COPY, the cheapest way into it. Values are put column by column, in the order of the
 * COPY command. Rows leave in pieces of about {@link #PIECE} bytes, so that a pass of any size needs no more memory than that. The
 * command begins with the first row: no row, no round trip. While it is under way the connection takes no other statement.
 */
final class CopyRows implements AutoCloseable {
    /** As much as leaves at once, but for a single row that is larger. */
    static final int PIECE = 1 << 16;

    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int TEXT_OID = 25;
    private static final int BYTEA_OID = 17;

    private final Connection connection;
    private final String command;
    private final int columns;
    private Optional<CopyIn> copy = Optional.empty();
    private byte[] data = new byte[0];
    private int size;

    /** @param command the COPY command, from STDIN in binary form */
    CopyRows(Connection connection, String command, int columns) {
        this.connection = connection;
        this.command = command;
        this.columns = columns;
    }

    /** Begins a row; the one before is complete. */
    CopyRows row() throws SQLException {
        if (copy.isEmpty()) {
            begin();
        } else if (size >= PIECE) {
            send();
        }
        int16(columns);
        return this;
    }

    private void begin() throws SQLException {
        copy = Optional.of(connection.unwrap(PGConnection.class).getCopyAPI().copyIn(command));
        data = new byte[PIECE + PIECE / 8];
        put(SIGNATURE);
        rawInt(0); // flags
        rawInt(0); // length of the header's extension
    }

    private void send() throws SQLException {
        copy.orElseThrow().writeToCopy(data, 0, size);
        size = 0;
    }

    /** Ends the command; the rows are stored with the transaction. */
    void end() throws SQLException {
        if (copy.isPresent()) {
            int16(-1);
            send();
            copy.get().endCopy();
        }
    }

    /** Gives the rows up unless they were ended. */
    @Override
    public void close() throws SQLException {
        if (copy.isPresent() && copy.get().isActive()) {
            copy.get().cancelCopy();
        }
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
        int16(value);
        return this;
    }

    CopyRows optionalSmallint(OptionalInt value) {
        return value.isPresent() ? smallint(value.getAsInt()) : none();
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

    /** A message as bytes, without an array of its own in between. */
    CopyRows message(MessageLite value) {
        int length = value.getSerializedSize();
        rawInt(length);
        room(length);
        try {
            value.writeTo(CodedOutputStream.newInstance(data, size, length));
        } catch (IOException e) {
            throw new IllegalStateException("A message did not fit the room that it asked for.", e);
        }
        size += length;
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
        return array(TEXT_OID, values, this::text);
    }

    /** An array of messages as bytes; no value when it is empty. */
    CopyRows messages(List<MessageLite> values) {
        if (values.isEmpty()) {
            return none();
        }
        return array(BYTEA_OID, values, this::message);
    }

    private <T> CopyRows array(int type, List<T> values, Consumer<T> put) {
        rawInt(0);
        int start = size;
        rawInt(1); // dimensions
        rawInt(0); // no nulls
        rawInt(type);
        rawInt(values.size());
        rawInt(1); // first index
        values.forEach(put);
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

    private void int16(int value) {
        room(2);
        ByteConverter.int2(data, size, value);
        size += 2;
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
