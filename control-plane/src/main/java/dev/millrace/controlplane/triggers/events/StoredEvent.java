package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.triggers.events.LogEntry.Outcome;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * An event as it is stored.
 *
 * @param id a UUIDv7 made by the server
 * @param key what its publisher calls it; empty for nothing
 * @param publisher the service that published it
 * @param data JSON in UTF-8
 */
record StoredEvent(
        TenantId tenant,
        UUID id,
        String key,
        ServiceId publisher,
        Optional<UUID> replayOf,
        String name,
        String scope,
        Map<String, String> metadata,
        byte[] data,
        EventLog log) {

    StoredEvent {
        metadata = Map.copyOf(metadata);
    }

    Instant publishedAt() {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    boolean isOpen() {
        return log.isOpen();
    }

    /** How many entries of the log say this. */
    long count(Outcome outcome) {
        return log.entries().stream()
                .filter(entry -> entry.outcome() == outcome)
                .count();
    }

    static byte[] metadataBytes(Map<String, String> metadata) {
        return Json.write(metadataValue(metadata)).getBytes(StandardCharsets.UTF_8);
    }

    static JsonValue metadataValue(Map<String, String> metadata) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        new TreeMap<>(metadata).forEach((name, value) -> members.put(name, JsonValue.of(value)));
        return new JsonValue.Object(members);
    }

    static Map<String, String> metadata(byte[] bytes) {
        Map<String, String> metadata = new LinkedHashMap<>();
        ((JsonValue.Object) Json.read(bytes))
                .members()
                .forEach((name, value) -> metadata.put(name, ((JsonValue.Text) value).value()));
        return metadata;
    }
}
