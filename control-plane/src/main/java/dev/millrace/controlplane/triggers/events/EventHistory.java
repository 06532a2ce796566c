package dev.millrace.controlplane.triggers.events;

import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;

/** The events that are stored, for those who ask whether theirs has been before. Methods block. */
@Singleton
public final class EventHistory {
    private final EventRows rows;

    EventHistory(EventRows rows) {
        this.rows = rows;
    }

    /** The next events of a name after one, oldest first. */
    public List<Occurrence> after(TenantId tenant, String name, UUID event, int limit) {
        return rows.after(tenant, name, event, limit).stream()
                .map(Occurrence::of)
                .toList();
    }
}
