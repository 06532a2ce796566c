package dev.millrace.controlplane.payloads;

import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.TenantId;
import java.util.List;
import java.util.function.BiConsumer;

/** The payload table: bytes by tenant and content hash. Methods block. */
final class PayloadRows {
    private final RequestDatabase database;

    PayloadRows(RequestDatabase database) {
        this.database = database;
    }

    /** Stores what is not there yet, and touches what is: the collector leaves what was touched within a day. */
    void store(TenantId tenant, List<byte[]> hashes, List<byte[]> values) {
        database.inTenant(tenant, connection -> {
            // Sorted by hash, so that two transactions that store the same values cannot wait for each other in a
            // circle.
            try (var statement = connection.prepareStatement("""
                    /* payload.store */
                    INSERT INTO core.payload (tenant_id, hash, data, touched_at)
                    SELECT ?, v.hash, v.data, now() FROM unnest(?::bytea[], ?::bytea[]) AS v(hash, data) ORDER BY v.hash
                    ON CONFLICT (tenant_id, hash) DO UPDATE SET touched_at = now()
                    WHERE payload.touched_at < now() - interval '1 hour'""")) {
                statement.setObject(1, tenant.value());
                statement.setArray(2, connection.createArrayOf("bytea", hashes.toArray(byte[][]::new)));
                statement.setArray(3, connection.createArrayOf("bytea", values.toArray(byte[][]::new)));
                return statement.executeUpdate();
            }
        });
    }

    /** Hands over those of the values that are stored. */
    void load(TenantId tenant, List<byte[]> hashes, BiConsumer<byte[], byte[]> found) {
        database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement(
                    "/* payload.load */ SELECT hash, data FROM core.payload WHERE tenant_id = ? AND hash = ANY (?)")) {
                statement.setObject(1, tenant.value());
                statement.setArray(2, connection.createArrayOf("bytea", hashes.toArray(byte[][]::new)));
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.accept(rows.getBytes(1), rows.getBytes(2));
                    }
                }
            }
            return null;
        });
    }
}
