package dev.millrace.manifest;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What starts runs of a workflow beside its clients, and what becomes of starts before they are runs.
 *
 * @param events events that start a run; their payload is its input
 * @param crons times of the calendar that start a run
 * @param collect whether starts are gathered to one run
 * @param debounce whether starts wait for quiet
 * @param throttle how many starts are let through
 */
public record Triggers(
        List<EventTrigger> events,
        List<CronTrigger> crons,
        Optional<CollectSpec> collect,
        Optional<DebounceSpec> debounce,
        Optional<ThrottleSpec> throttle) {

    /** Only clients start runs, and each start is a run. */
    public static final Triggers NONE =
            new Triggers(List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());

    public Triggers {
        events = List.copyOf(events);
        crons = List.copyOf(crons);
        Objects.requireNonNull(collect, "collect");
        Objects.requireNonNull(debounce, "debounce");
        Objects.requireNonNull(throttle, "throttle");
    }

    /** Whether only clients start runs, and each start is a run. */
    public boolean isNone() {
        return events.isEmpty() && crons.isEmpty() && collect.isEmpty() && debounce.isEmpty() && throttle.isEmpty();
    }
}
