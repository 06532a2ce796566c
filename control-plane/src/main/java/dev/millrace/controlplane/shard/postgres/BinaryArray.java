package dev.millrace.controlplane.shard.postgres;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.postgresql.util.ByteConverter;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * An array as PostgreSQL takes it in binary form, written straight into the bytes that the driver sends. The driver itself sends
 * arrays of uuids and of instants as text, which costs both sides more than the row that they update, and copies arrays of bytes
 * several times.
 */
final class BinaryArray extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1L;
    private static final int BYTEA_OID = 17;
    private static final int UUID_OID = 2950;
    private static final int TIMESTAMPTZ_OID = 1184;
    private static final int HEADER = 20;
    /** PostgreSQL counts from the year 2000. */
    static final long EPOCH_MICROS = 946_684_800_000_000L;

    private final int length;
    private final transient Content content;

    /** Writes all of an array at a place. */
    private interface Content {
        void write(byte[] to, int at);
    }

    private BinaryArray(String type, int length, Content content) {
        setType(type);
        this.length = length;
        this.content = content;
    }

    static <T> BinaryArray ofUuids(List<T> rows, Function<T, UUID> value) {
        return new BinaryArray("_uuid", HEADER + rows.size() * 20, (to, start) -> {
            int at = header(to, start, rows.size(), false, UUID_OID);
            for (var row : rows) {
                var uuid = value.apply(row);
                ByteConverter.int4(to, at, 16);
                ByteConverter.int8(to, at + 4, uuid.getMostSignificantBits());
                ByteConverter.int8(to, at + 12, uuid.getLeastSignificantBits());
                at += 20;
            }
        });
    }

    static <T> BinaryArray ofOptionalUuids(List<T> rows, Function<T, Optional<UUID>> value) {
        int length = HEADER;
        for (var row : rows) {
            length += value.apply(row).isPresent() ? 20 : 4;
        }
        return new BinaryArray("_uuid", length, (to, start) -> {
            int at = header(to, start, rows.size(), true, UUID_OID);
            for (var row : rows) {
                var uuid = value.apply(row);
                ByteConverter.int4(to, at, uuid.isPresent() ? 16 : -1);
                at += 4;
                if (uuid.isPresent()) {
                    ByteConverter.int8(to, at, uuid.get().getMostSignificantBits());
                    ByteConverter.int8(to, at + 8, uuid.get().getLeastSignificantBits());
                    at += 16;
                }
            }
        });
    }

    /** {@link Instant#MIN} and {@link Instant#MAX} become nulls. */
    static <T> BinaryArray ofInstants(List<T> rows, Function<T, Instant> value) {
        int length = HEADER;
        for (var row : rows) {
            length += isNone(value.apply(row)) ? 4 : 12;
        }
        return new BinaryArray("_timestamptz", length, (to, start) -> {
            int at = header(to, start, rows.size(), true, TIMESTAMPTZ_OID);
            for (var row : rows) {
                var instant = value.apply(row);
                if (isNone(instant)) {
                    ByteConverter.int4(to, at, -1);
                    at += 4;
                } else {
                    ByteConverter.int4(to, at, 8);
                    ByteConverter.int8(to, at + 4, Instants.micros(instant) - EPOCH_MICROS);
                    at += 12;
                }
            }
        });
    }

    private static boolean isNone(Instant instant) {
        return instant.equals(Instant.MIN) || instant.equals(Instant.MAX);
    }

    /** Messages as bytes. */
    static <T> BinaryArray ofMessages(List<T> rows, Function<T, MessageLite> value) {
        List<MessageLite> messages = new ArrayList<>(rows.size());
        int length = HEADER;
        for (var row : rows) {
            var message = value.apply(row);
            messages.add(message);
            length = Math.addExact(length, 4 + message.getSerializedSize());
        }
        return new BinaryArray("_bytea", length, (to, start) -> {
            int at = header(to, start, messages.size(), false, BYTEA_OID);
            for (var message : messages) {
                int size = message.getSerializedSize();
                ByteConverter.int4(to, at, size);
                at += 4;
                try {
                    message.writeTo(CodedOutputStream.newInstance(to, at, size));
                } catch (IOException e) {
                    throw new IllegalStateException("A message did not fit the room that it asked for.", e);
                }
                at += size;
            }
        });
    }

    /** A part of a body. */
    record Slice(byte[] body, int from, int to) {
        int length() {
            return to - from;
        }
    }

    static <T> BinaryArray ofSlices(List<T> rows, Function<T, Slice> value) {
        int length = HEADER;
        for (var row : rows) {
            length = Math.addExact(length, 4 + value.apply(row).length());
        }
        return new BinaryArray("_bytea", length, (to, start) -> {
            int at = header(to, start, rows.size(), false, BYTEA_OID);
            for (var row : rows) {
                var slice = value.apply(row);
                ByteConverter.int4(to, at, slice.length());
                System.arraycopy(slice.body(), slice.from(), to, at + 4, slice.length());
                at += 4 + slice.length();
            }
        });
    }

    /** @return where the first value goes */
    private static int header(byte[] to, int at, int size, boolean hasNulls, int type) {
        ByteConverter.int4(to, at, 1); // dimensions
        ByteConverter.int4(to, at + 4, hasNulls ? 1 : 0);
        ByteConverter.int4(to, at + 8, type);
        ByteConverter.int4(to, at + 12, size);
        ByteConverter.int4(to, at + 16, 1); // first index
        return at + HEADER;
    }

    @Override
    public int lengthInBytes() {
        return length;
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        content.write(bytes, offset);
    }

    @Override
    public void setByteValue(byte[] value, int offset) throws SQLException {
        throw new SQLException("Arrays of this kind are only sent.");
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** The driver would hand this out where it cannot send binary; better an error than a wrong text. */
    @Override
    public String getValue() {
        throw new IllegalStateException("Binary transfer is not enabled for " + getType() + ".");
    }

    @Override
    public Object clone() {
        throw new IllegalStateException("Arrays of this kind are only sent.");
    }
}
