package dev.millrace.controlplane.shard.postgres;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.postgresql.util.ByteConverter;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * An array of values of fixed width as PostgreSQL takes it in binary form. The driver itself sends arrays of uuids and of instants
 * as text, which costs both sides more than the row that they update.
 */
final class BinaryArray extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1L;
    private static final int UUID_OID = 2950;
    private static final int TIMESTAMPTZ_OID = 1184;
    /** PostgreSQL counts from the year 2000. */
    static final long EPOCH_MICROS = 946_684_800_000_000L;

    private final transient byte[] data;

    private BinaryArray(String type, byte[] data) {
        setType(type);
        this.data = data;
    }

    static <T> BinaryArray ofUuids(List<T> rows, Function<T, UUID> value) {
        byte[] data = new byte[20 + rows.size() * 20];
        int at = header(data, rows.size(), false, UUID_OID);
        for (var row : rows) {
            var uuid = value.apply(row);
            ByteConverter.int4(data, at, 16);
            ByteConverter.int8(data, at + 4, uuid.getMostSignificantBits());
            ByteConverter.int8(data, at + 12, uuid.getLeastSignificantBits());
            at += 20;
        }
        return new BinaryArray("_uuid", data);
    }

    /** {@link Instant#MIN} and {@link Instant#MAX} become nulls. */
    static <T> BinaryArray ofInstants(List<T> rows, Function<T, Instant> value) {
        byte[] data = new byte[20 + rows.size() * 12];
        int at = header(data, rows.size(), true, TIMESTAMPTZ_OID);
        for (var row : rows) {
            var instant = value.apply(row);
            if (instant.equals(Instant.MIN) || instant.equals(Instant.MAX)) {
                ByteConverter.int4(data, at, -1);
                at += 4;
            } else {
                ByteConverter.int4(data, at, 8);
                ByteConverter.int8(data, at + 4, Instants.micros(instant) - EPOCH_MICROS);
                at += 12;
            }
        }
        return new BinaryArray("_timestamptz", at == data.length ? data : Arrays.copyOf(data, at));
    }

    private static int header(byte[] data, int size, boolean hasNulls, int type) {
        ByteConverter.int4(data, 0, 1); // dimensions
        ByteConverter.int4(data, 4, hasNulls ? 1 : 0);
        ByteConverter.int4(data, 8, type);
        ByteConverter.int4(data, 12, size);
        ByteConverter.int4(data, 16, 1); // first index
        return 20;
    }

    @Override
    public int lengthInBytes() {
        return data.length;
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        System.arraycopy(data, 0, bytes, offset, data.length);
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
