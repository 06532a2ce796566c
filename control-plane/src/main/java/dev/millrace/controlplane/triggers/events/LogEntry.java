package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.triggers.filters.Filter;
import dev.millrace.engine.ServiceId;
import java.util.Optional;
import java.util.UUID;

/**
 * What one filter made of an event.
 *
 * @param service in whose name the run is started
 * @param run the run that it started
 * @param code why not, as a stable code; empty when nothing is to be said, {@code JOINED} when it became part of a run that was there
 * @param message why not, as a sentence; empty when nothing is to be said
 */
record LogEntry(
        UUID filter,
        String workflow,
        ServiceId service,
        Outcome outcome,
        Optional<UUID> run,
        String code,
        String message) {

    private static final int LONGEST_MESSAGE = 1_000;

    /** What a filter can make of an event. */
    enum Outcome {
        /** It starts a run, which is not stored yet. */
        PENDING,
        /** It started a run. */
        STARTED,
        /** Its condition does not hold. */
        NOT_MATCHED,
        /** It is switched off. */
        DISABLED,
        /** Its condition has no value for this event. */
        CONDITION_FAILED,
        /** The run was refused: the event is no input of the workflow, for example. */
        REFUSED
    }

    static LogEntry of(Filter filter, Outcome outcome) {
        return new LogEntry(filter.id(), filter.workflow(), filter.service(), outcome, Optional.empty(), "", "");
    }

    /** What a filter makes of an event when its condition cannot tell. */
    static LogEntry failed(Filter filter, String code, String message) {
        return of(filter, Outcome.CONDITION_FAILED).because(Outcome.CONDITION_FAILED, code, message);
    }

    LogEntry started(UUID run) {
        return new LogEntry(filter, workflow, service, Outcome.STARTED, Optional.of(run), "", "");
    }

    /** It became part of a run that another event or start had opened. */
    LogEntry joined(UUID run) {
        return new LogEntry(
                filter,
                workflow,
                service,
                Outcome.STARTED,
                Optional.of(run),
                "JOINED",
                "It joined the run, which another start had opened and which had not begun.");
    }

    LogEntry refused(String code, String message) {
        return because(Outcome.REFUSED, code, message);
    }

    private LogEntry because(Outcome reason, String code, String message) {
        return new LogEntry(
                filter,
                workflow,
                service,
                reason,
                Optional.empty(),
                code,
                message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…");
    }
}
