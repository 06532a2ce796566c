package dev.millrace.cli.demo.orders;

import dev.millrace.client.Millrace;
import dev.millrace.connection.MillraceException;
import dev.millrace.rest.SchedulesApi;
import dev.millrace.samples.orders.Reconciliation;
import java.time.Duration;
import java.util.Optional;

/**
 * What the nightly reconciliation found, which was not waited for but triggered.
 *
 * @param nextTick when it would have begun by itself
 * @param findings of the run that was triggered; empty if it did not succeed
 * @param problem why it did not; may be empty
 */
record Nightly(String nextTick, Optional<Reconciliation.Findings> findings, String problem) {
    private static final String WORKFLOW = "reconciliation";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Triggers the schedule of the workflow's manifest. */
    static Nightly trigger(Millrace millrace) {
        var schedules = new SchedulesApi(millrace.rest());
        var found =
                schedules.listSchedules(options -> options.workflow(WORKFLOW)).getItems();
        if (found.isEmpty()) {
            return new Nightly("never", Optional.empty(), "The control plane has no schedule of " + WORKFLOW + ".");
        }
        var schedule = schedules.getSchedule(found.get(0).getScheduleId());
        var next = schedule.getNextTicks().isEmpty()
                ? "never"
                : schedule.getNextTicks().get(0);
        var run = schedules.triggerSchedule(schedule.getScheduleId()).getRunId().toString();
        try {
            return new Nightly(
                    next,
                    Optional.of(millrace.workflow(WORKFLOW, Void.class, Reconciliation.Findings.class)
                            .get(run)
                            .result(PATIENCE)),
                    "");
        } catch (MillraceException e) {
            return new Nightly(next, Optional.empty(), "Its run " + run + " did not succeed: " + e.getMessage());
        }
    }

    /** Whether goods were kept for each payment. */
    boolean asExpected() {
        return findings.filter(found -> found.payments() == found.reservations())
                .isPresent();
    }
}
