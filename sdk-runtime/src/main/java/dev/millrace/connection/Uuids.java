package dev.millrace.connection;

import dev.millrace.wire.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/** UUIDs and the 16 bytes that stand for them on the wire. Safe for use by many threads. */
public final class Uuids {
    private final SecureRandom random = new SecureRandom();

    /** A new UUID of version 7: it begins with the time, so that rows named by it are stored in its order. */
    public UUID next() {
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(0x1000);
        long low = random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** The bytes of a UUID. */
    public static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }

    /**
     * The UUID of 16 bytes.
     *
     * @throws IllegalArgumentException if they are not 16
     */
    public static UUID of(ByteString bytes) {
        if (bytes.size() != 16) {
            throw new IllegalArgumentException("An id has 16 bytes, but the control plane sent " + bytes.size() + ".");
        }
        var buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
