package dev.millrace.controlplane.triggers.filters;

import dev.millrace.engine.ServiceId;
import java.time.Instant;
import java.util.UUID;

/**
 * That events start runs of a workflow, with their data as the input.
 *
 * @param service in whose name runs are started
 * @param pattern name of events; {@code *} stands for whole parts of it
 * @param scope only events of this scope; empty for all
 * @param condition CEL over {@code event}, {@code metadata} and {@code name}; empty for every event
 * @param enabled whether it starts anything at present
 */
public record Filter(
        UUID id,
        String workflow,
        ServiceId service,
        Source source,
        String pattern,
        String scope,
        String condition,
        boolean enabled,
        Instant createdAt,
        Instant updatedAt) {

    /** Where a filter comes from. */
    public enum Source {
        /** The manifest of the workflow's latest version. */
        MANIFEST,
        /** A request at run time. */
        RUNTIME
    }
}
