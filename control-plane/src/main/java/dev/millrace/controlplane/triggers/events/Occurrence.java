package dev.millrace.controlplane.triggers.events;

import dev.millrace.engine.TenantId;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.Map;
import java.util.UUID;

/**
 * A stored event, for those who wait for one.
 *
 * @param data JSON in UTF-8
 */
public record Occurrence(TenantId tenant, UUID id, String name, Map<String, String> metadata, byte[] data) {
    public Occurrence {
        metadata = Map.copyOf(metadata);
    }

    static Occurrence of(StoredEvent event) {
        return new Occurrence(event.tenant(), event.id(), event.name(), event.metadata(), event.data());
    }

    /** The data, read. */
    public JsonValue event() {
        return Json.read(data);
    }

    /** The labels, as expressions see them. */
    public JsonValue labels() {
        return StoredEvent.metadataValue(metadata);
    }
}
