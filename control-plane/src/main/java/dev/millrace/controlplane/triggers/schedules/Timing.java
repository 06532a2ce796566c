package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.manifest.schedule.Cron;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** When a schedule fires. Immutable. */
sealed interface Timing {

    /** The first tick after an instant; empty when there is none any more. */
    Optional<Instant> next(Instant after);

    /** At times of the calendar. */
    record Calendar(Cron cron, ZoneId zone) implements Timing {
        @Override
        public Optional<Instant> next(Instant after) {
            return cron.next(after, zone);
        }
    }

    /** Every so often, as time really passes, counted from an instant. */
    record Interval(Duration every, Instant anchor) implements Timing {
        @Override
        public Optional<Instant> next(Instant after) {
            if (after.isBefore(anchor)) {
                return Optional.of(anchor.plus(every));
            }
            long passed = Duration.between(anchor, after).toNanos() / every.toNanos();
            return Optional.of(anchor.plus(every.multipliedBy(passed + 1)));
        }
    }

    /** At one instant. */
    record Once(Instant at) implements Timing {
        @Override
        public Optional<Instant> next(Instant after) {
            return at.isAfter(after) ? Optional.of(at) : Optional.empty();
        }
    }
}
