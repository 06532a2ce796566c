package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.manifest.CatchUp;
import dev.millrace.manifest.Overlap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which ticks of a schedule are to be started now, which are left out, and which one is next. Pure.
 *
 * @param toStart those that are started, oldest first
 * @param leftOut how many were missed and are not made up for
 * @param next the first tick that is not due yet
 */
record Ticks(List<Instant> toStart, int leftOut, Optional<Instant> next) {
    /** A tick that is later than this has been missed. */
    static final Duration GRACE = Duration.ofSeconds(30);
    /** How many ticks wait for the end of the run before; of more the oldest are left out. */
    static final int MOST_QUEUED = 100;
    /** So many are looked at to count those that are left out. */
    private static final int MOST_LOOKED_AT = 100_000;

    Ticks {
        toStart = List.copyOf(toStart);
    }

    static Ticks due(Schedule schedule, Instant now) {
        var fresh = new ArrayDeque<Instant>();
        var missed = new ArrayDeque<Instant>();
        int most = Math.max(MOST_QUEUED, schedule.catchUpLimit());
        int leftOut = 0;
        int lookedAt = 0;
        var queuedFrom =
                schedule.overlap() == Overlap.QUEUE ? schedule.progress().queuedFrom() : Optional.<Instant>empty();
        var at = schedule.progress().nextAt();
        while (at.isPresent() && !schedule.startOf(at.get()).isAfter(now)) {
            var tick = at.get();
            boolean late = schedule.startOf(tick).plus(GRACE).isBefore(now);
            boolean queued = queuedFrom.isPresent() && !tick.isBefore(queuedFrom.get());
            var to = late && !queued ? missed : fresh;
            to.add(tick);
            if (to.size() > most) {
                to.remove();
                leftOut++;
            }
            lookedAt++;
            at = schedule.timing().next(lookedAt == MOST_LOOKED_AT ? nearTo(now, schedule, tick, most) : tick);
        }
        var toStart = new ArrayList<Instant>(madeUpFor(schedule, missed));
        leftOut += missed.size() - toStart.size();
        toStart.addAll(fresh);
        return new Ticks(toStart, leftOut, at);
    }

    /** So far behind that the ticks in between are not even counted: goes to those of them that may be made up for. */
    private static Instant nearTo(Instant now, Schedule schedule, Instant tick, int most) {
        var first = schedule.progress().nextAt().orElseThrow();
        var gap = Duration.between(first, tick).dividedBy(MOST_LOOKED_AT).plusMillis(1);
        var near = now.minus(GRACE).minus(schedule.jitter()).minus(gap.multipliedBy(most));
        return near.isAfter(tick) ? near : tick;
    }

    private static List<Instant> madeUpFor(Schedule schedule, ArrayDeque<Instant> missed) {
        if (missed.isEmpty()) {
            return List.of();
        }
        return switch (schedule.catchUp()) {
            case SKIP -> List.of();
            case LATEST -> List.of(missed.getLast());
            case ALL ->
                missed.stream()
                        .skip(Math.max(0, missed.size() - schedule.catchUpLimit()))
                        .toList();
        };
    }

    /** How far the schedule has come when what is due is left out, because its workflow is paused. */
    Progress dropped(Schedule schedule) {
        var last = toStart.get(toStart.size() - 1);
        return new Progress(
                next,
                Optional.empty(),
                Optional.of(last),
                schedule.progress().lastRun(),
                "Workflow " + schedule.workflow() + " was paused, so "
                        + (toStart.size() == 1
                                ? last + " is left out."
                                : toStart.size() + " ticks up to " + last + " are left out.")
                        + " With whilePaused QUEUE their runs would wait.");
    }

    /** How far the schedule has come when nothing of this is to be started. */
    Progress skipped(Schedule schedule) {
        var before = schedule.progress();
        return new Progress(
                next,
                Optional.empty(),
                before.lastAt(),
                before.lastRun(),
                leftOut == 0
                        ? before.problem()
                        : leftOut + " ticks were missed and are left out (catch-up: "
                                + CatchUp.valueOf(schedule.catchUp().name())
                                + ").");
    }
}
