package dev.millrace.engine;

import java.util.UUID;

/** Names a tenant. It always comes from a credential, never from a request. */
public record TenantId(UUID value) implements Comparable<TenantId> {
    @Override
    public int compareTo(TenantId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
