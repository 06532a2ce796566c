package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Starts runs for what is not a client: an event, a schedule. Safe for use by several threads; nothing blocks. */
@Singleton
public final class TriggeredStarts {
    private final Starts starts;

    TriggeredStarts(Starts starts) {
        this.starts = starts;
    }

    /**
     * A run that something wants.
     *
     * @param service in whose name it is started: it must be allowed to see the workflow
     * @param request names the start, so that it happens once; a UUIDv7
     * @param mayBeKnown whether it may have been asked for before
     * @param input JSON in UTF-8; checked against the schema of the workflow's latest version
     */
    public record Wanted(
            TenantId tenant,
            ServiceId service,
            String workflow,
            UUID request,
            boolean mayBeKnown,
            byte[] input,
            Map<String, String> metadata) {
        public Wanted {
            metadata = Map.copyOf(metadata);
        }
    }

    /**
     * Starts a run of the latest version.
     *
     * @return the run, once it is stored; fails with {@link dev.millrace.controlplane.errors.ApiException} when it was refused,
     *     and with something else when it is unknown what became of it
     */
    public CompletionStage<RunId> start(Wanted wanted) {
        var who = new Principal(
                wanted.tenant(), "", wanted.service(), "", "", Set.of(Permission.RUNS_START), Instant.MAX);
        var request = new StartRequest(
                wanted.workflow(),
                "",
                "",
                wanted.input(),
                Optional.empty(),
                Priority.NORMAL,
                wanted.metadata(),
                Optional.empty(),
                0,
                "$");
        return starts.start(who, wanted.request(), wanted.mayBeKnown(), List.of(request))
                .thenApply(results -> {
                    if (results.get(0) instanceof StartResult.Started started) {
                        return started.run();
                    }
                    throw ((StartResult.Refused) results.get(0)).refusal();
                });
    }
}
