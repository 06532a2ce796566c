package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.BoundedDuration;
import dev.millrace.manifest.schedule.Cron;
import dev.millrace.manifest.schedule.InvalidCronException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads what requests say about schedules, and refuses what no schedule can be. Stateless. */
final class ScheduleWish {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Duration LONGEST_JITTER = Duration.ofDays(1);
    private static final Set<String> ZONES_WITHOUT_PLACE = Set.of("UTC", "GMT");

    private ScheduleWish() {}

    /**
     * The timing that a request gives: exactly one of the three.
     *
     * @param cron null for none, as all others
     * @throws ApiException when it is none, or one that cannot be
     */
    static Timing timing(String cron, String zone, String every, Instant at, Instant now) {
        if (Stream.of(cron, every, at).filter(given -> given != null).count() != 1) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "A schedule has exactly one of cron (with zone), every and at, such as \"cron\": \"0 2 * * *\","
                            + " \"zone\": \"Europe/Berlin\".",
                    "$.cron");
        }
        if (cron == null && zone != null) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID, "$.zone belongs to cron; leave it out where there is none.", "$.zone");
        }
        if (cron != null) {
            return calendar(cron, zone);
        }
        return every != null
                ? new Timing.Interval(BoundedDuration.parse(every, "$.every", SHORTEST, LONGEST), now)
                : once(at, now);
    }

    private static Timing calendar(String cron, String zone) {
        Cron parsed;
        try {
            parsed = Cron.parse(cron);
        } catch (InvalidCronException e) {
            throw new ApiException(
                    e.reason() == InvalidCronException.Reason.NEVER_FIRES
                            ? ErrorCode.CRON_NEVER_FIRES
                            : ErrorCode.CRON_INVALID,
                    "$.cron: " + e.getMessage(),
                    "$.cron");
        }
        if (zone == null || !isZone(zone)) {
            throw new ApiException(
                    ErrorCode.ZONE_UNKNOWN,
                    "$.zone is " + (zone == null ? "missing" : "\"" + zone + "\"")
                            + "; write an IANA time zone such as Europe/Berlin, or UTC. There is no default.",
                    "$.zone");
        }
        return new Timing.Calendar(parsed, ZoneId.of(zone));
    }

    /** Abbreviations and offsets are no zones: they do not say when clocks change. */
    private static boolean isZone(String zone) {
        return ZONES_WITHOUT_PLACE.contains(zone)
                || zone.contains("/")
                        && !zone.startsWith("SystemV/")
                        && ZoneId.getAvailableZoneIds().contains(zone);
    }

    private static Timing once(Instant at, Instant now) {
        if (!at.isAfter(now) || at.isAfter(now.plus(LONGEST))) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "$.at is " + at + ", and now it is " + now + "; a run can be planned up to 366 days ahead.",
                    "$.at");
        }
        // As exact as it is stored: two instants that differ by less would be two ticks.
        return new Timing.Once(at.truncatedTo(ChronoUnit.MILLIS));
    }

    /** @param jitter null for none */
    static Duration jitter(String jitter) {
        return Optional.ofNullable(jitter)
                .map(text -> BoundedDuration.parse(text, "$.jitter", Duration.ZERO, LONGEST_JITTER))
                .orElse(Duration.ZERO);
    }
}
