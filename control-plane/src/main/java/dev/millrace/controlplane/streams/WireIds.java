package dev.millrace.controlplane.streams;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/** Ids as the gRPC protocols write them: 16 bytes. */
public final class WireIds {
    private static final int LENGTH = 16;

    private WireIds() {}

    public static ByteString bytes(UUID id) {
        var bytes = new byte[LENGTH];
        ByteBuffer.wrap(bytes).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /** The id; empty when these are not 16 bytes. */
    public static Optional<UUID> uuid(ByteString bytes) {
        if (bytes.size() != LENGTH) {
            return Optional.empty();
        }
        var buffer = bytes.asReadOnlyByteBuffer();
        return Optional.of(new UUID(buffer.getLong(), buffer.getLong()));
    }
}
