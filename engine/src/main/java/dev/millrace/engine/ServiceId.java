package dev.millrace.engine;

import java.util.UUID;

/** Names a service: an application inside a tenant that owns workflows. */
public record ServiceId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
