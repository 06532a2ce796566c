package dev.millrace.controlplane.triggers.events;

import dev.millrace.engine.TenantId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Those who wait for events. Safe for use by several threads; no method blocks. */
public interface EventWaiters {

    /**
     * A wait that an event ended.
     *
     * @param awaited what the run waited for
     */
    record Satisfied(UUID run, String workflow, String awaited) {}

    /** Whether somebody waits for events of this name. */
    boolean concern(TenantId tenant, String name);

    /**
     * Brings a stored event to those who wait for it. It comes to each once, however often this is called.
     *
     * @return once everybody has it: whose waits it ended; fails when somebody could not be told now and may be later
     */
    CompletionStage<List<Satisfied>> tell(Occurrence event);
}
