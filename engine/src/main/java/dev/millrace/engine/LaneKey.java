package dev.millrace.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Names, in what is stored, a lane: where tasks of one kind wait. Made of the tenant and the lane's name, so that every owner of
 * a shard makes the same one.
 */
public record LaneKey(UUID value) {

    /** The key of a tenant's lane. */
    public static LaneKey of(TenantId tenant, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(16 + text.length);
        bytes.putLong(tenant.value().getMostSignificantBits());
        bytes.putLong(tenant.value().getLeastSignificantBits());
        bytes.put(text);
        return new LaneKey(UUID.nameUUIDFromBytes(bytes.array()));
    }
}
