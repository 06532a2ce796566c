package dev.millrace.controlplane.triggers.filters;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.triggers.filters.Filter.Source;
import dev.millrace.controlplane.workflows.LatestVersionListener;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.EventTrigger;
import dev.millrace.manifest.Manifest;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/** Makes filters of the event triggers of the latest version, in place of those of the version before. */
@Singleton
final class ManifestFilters implements LatestVersionListener {
    private final Filters filters;

    ManifestFilters(Filters filters) {
        this.filters = filters;
    }

    @Override
    public void becameLatest(Connection connection, Principal by, Manifest manifest, Instant now) throws SQLException {
        var wanted = manifest.triggers().events().stream()
                .map(trigger -> filter(by, manifest.workflow(), trigger, now))
                .toList();
        FilterRows.replace(connection, by, manifest.workflow(), wanted);
    }

    private static Filter filter(Principal by, String workflow, EventTrigger trigger, Instant now) {
        return new Filter(
                id(by.tenant(), workflow, trigger),
                workflow,
                by.service(),
                Source.MANIFEST,
                trigger.event(),
                "",
                trigger.where(),
                true,
                now,
                now);
    }

    /** The same trigger has the same id in every version. */
    private static UUID id(TenantId tenant, String workflow, EventTrigger trigger) {
        var text = tenant + "\n" + workflow + "\n" + trigger.event() + "\n" + trigger.where();
        var hash = ByteBuffer.wrap(Payloads.sha256(text.getBytes(StandardCharsets.UTF_8)));
        return new UUID(
                hash.getLong() & ~0xF000L | 0x8000L, hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }

    @Override
    public void committed(TenantId tenant, Manifest manifest) {
        // Also without event triggers: what runtime filters of the workflow may ask of an event follows from its
        // schema.
        filters.changed(tenant);
    }
}
