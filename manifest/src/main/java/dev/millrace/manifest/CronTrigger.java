package dev.millrace.manifest;

import java.time.Duration;
import java.util.Objects;

/**
 * That times of the calendar start a run: exactly one each.
 *
 * @param name unique within the workflow: 1 to 128 characters, none of them control characters
 * @param cron expression of five or six fields; see {@link dev.millrace.manifest.schedule.Cron}
 * @param zone IANA time zone, such as {@code Europe/Berlin}
 * @param input the input of each run as JSON text; empty for none
 * @param overlap what to do when the run of the time before has not ended
 * @param catchUp which missed times are made up for
 * @param jitter each start is delayed by a random part of this; zero for not at all
 */
public record CronTrigger(
        String name, String cron, String zone, String input, Overlap overlap, CatchUp catchUp, Duration jitter) {
    public CronTrigger {
        Limits.requireTitle("name", "The name of a schedule", name);
        Objects.requireNonNull(cron, "cron");
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(overlap, "overlap");
        Objects.requireNonNull(catchUp, "catchUp");
        if (!jitter.isZero()) {
            Limits.requirePositive("jitter", "The jitter of schedule '" + name + "'", jitter);
        }
    }
}
