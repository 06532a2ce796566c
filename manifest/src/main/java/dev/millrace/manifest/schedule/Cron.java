package dev.millrace.manifest.schedule;

import dev.millrace.manifest.schedule.CronField.Kind;
import dev.millrace.manifest.schedule.InvalidCronException.Reason;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A cron expression of five fields (minute, hour, day of month, month, day of week) or six (with seconds first). Values,
 * ranges, lists, steps, and English names of months and days; day of week 0 and 7 are Sunday. Where both day fields are
 * restricted, a day matches that fits either, as in Vixie cron. Immutable.
 *
 * <p>Where clocks change: an expression whose hours and minutes are plain values fires exactly once for each of its times; a
 * time that the clocks skip fires at the moment they skip it, a time that comes twice fires the first time. An expression
 * with a {@code *} or a step in its seconds, minutes or hours means "every so often" and follows the time that really
 * passes: it fires in both of two equal hours, and not in one that there is not.
 */
public final class Cron {
    private static final int SEARCH_YEARS = 12;

    private final String expression;
    private final CronField second;
    private final CronField minute;
    private final CronField hour;
    private final CronField day;
    private final CronField month;
    private final CronField weekday;
    private final boolean fixed;

    private Cron(String expression, CronField[] fields, boolean withSeconds) {
        this.expression = expression;
        this.second = fields[0];
        this.minute = fields[1];
        this.hour = fields[2];
        this.day = fields[3];
        this.month = fields[4];
        this.weekday = fields[5];
        this.fixed = !(withSeconds && second.stepped()) && !minute.stepped() && !hour.stepped();
    }

    /**
     * Reads an expression.
     *
     * @throws InvalidCronException if it cannot be read, or if no day of the calendar matches it
     */
    public static Cron parse(String expression) {
        var texts = expression.trim().split("\\s+");
        if (expression.startsWith("@") || texts.length < 5 || texts.length > 6) {
            throw new InvalidCronException(
                    Reason.INVALID,
                    "\"" + expression + "\" is no cron expression: it has "
                            + (expression.isBlank() ? 0 : texts.length)
                            + " fields. Write 5 (minute hour day month weekday) or 6 (second first), such as"
                            + " \"0 2 * * *\" for every day at 02:00.");
        }
        boolean withSeconds = texts.length == 6;
        var fields = new CronField[6];
        var kinds = Kind.values();
        fields[0] = withSeconds ? null : CronField.parse(expression, "0", 0, Kind.SECOND);
        for (int i = 0; i < texts.length; i++) {
            int kind = withSeconds ? i : i + 1;
            fields[kind] = CronField.parse(expression, texts[i], i + 1, kinds[kind]);
        }
        var cron = new Cron(expression, fields, withSeconds);
        cron.requireThatItFires();
        return cron;
    }

    private void requireThatItFires() {
        if (!day.any() && weekday.any()) {
            int firstDay = day.values().nextSetBit(1);
            boolean possible = month.values().stream()
                    .anyMatch(m -> firstDay <= Month.of(m).maxLength());
            if (!possible) {
                var months = new ArrayList<String>();
                month.values().stream().forEach(m -> {
                    var name = Month.of(m).name();
                    months.add(name.charAt(0) + name.substring(1).toLowerCase(java.util.Locale.ROOT));
                });
                throw new InvalidCronException(
                        Reason.NEVER_FIRES,
                        "\"" + expression + "\" never fires: " + String.join(", ", months) + " never "
                                + (months.size() == 1 ? "has" : "have") + " a day " + firstDay + ".");
            }
        }
    }

    /**
     * The first tick after an instant; empty only if there is none within the next {@value #SEARCH_YEARS} years, which
     * covers 29 February around a year 2100.
     */
    public Optional<Instant> next(Instant after, ZoneId zone) {
        return fixed ? nextFixed(after, zone.getRules()) : nextElapsed(after, zone.getRules());
    }

    /** Walks along segments of constant offset, as the time really passes. */
    private Optional<Instant> nextElapsed(Instant after, ZoneRules rules) {
        var horizon = after.atOffset(ZoneOffset.UTC).plusYears(SEARCH_YEARS).toInstant();
        var from = after.plusNanos(1);
        while (from.isBefore(horizon)) {
            var offset = rules.getOffset(from);
            ZoneOffsetTransition change = rules.nextTransition(from);
            var match = nextLocal(LocalDateTime.ofInstant(from, offset));
            if (match.isPresent()) {
                var instant = match.get().toInstant(offset);
                if (change == null || instant.isBefore(change.getInstant())) {
                    return instant.isBefore(horizon) ? Optional.of(instant) : Optional.empty();
                }
            } else if (change == null) {
                return Optional.empty();
            }
            from = change.getInstant();
        }
        return Optional.empty();
    }

    /** Walks along the times of the wall clock, each of which counts once. */
    private Optional<Instant> nextFixed(Instant after, ZoneRules rules) {
        var offset = rules.getOffset(after);
        var from = LocalDateTime.ofInstant(after, offset);
        // A time of the wall clock just skipped, or about to come twice, may lie behind the one that the clock shows.
        var change = rules.previousTransition(after.plusNanos(1));
        if (change != null) {
            var start = change.getDateTimeBefore();
            if (from.isBefore(
                            change.getDateTimeAfter().plus(change.getDuration().abs()))
                    && start.isBefore(from)) {
                from = start;
            }
        }
        while (true) {
            var match = nextLocal(from);
            if (match.isEmpty()) {
                return Optional.empty();
            }
            var instant = instant(match.get(), rules);
            if (instant.isAfter(after)) {
                return Optional.of(instant);
            }
            from = match.get().plusSeconds(1);
        }
    }

    private static Instant instant(LocalDateTime time, ZoneRules rules) {
        var change = rules.getTransition(time);
        if (change != null && change.isGap()) {
            return change.getInstant();
        }
        return time.toInstant(rules.getValidOffsets(time).get(0));
    }

    /** The first time of the wall clock that matches, at or after one. */
    private Optional<LocalDateTime> nextLocal(LocalDateTime from) {
        var start = from.getNano() == 0 ? from : from.withNano(0).plusSeconds(1);
        var date = start.toLocalDate();
        var time = start.toLocalTime();
        var last = date.plusYears(SEARCH_YEARS);
        while (!date.isAfter(last)) {
            if (!month.values().get(date.getMonthValue())) {
                date = date.withDayOfMonth(1).plusMonths(1);
                time = LocalTime.MIDNIGHT;
                continue;
            }
            if (matches(date)) {
                var match = nextTime(time);
                if (match.isPresent()) {
                    return Optional.of(LocalDateTime.of(date, match.get()));
                }
            }
            date = date.plusDays(1);
            time = LocalTime.MIDNIGHT;
        }
        return Optional.empty();
    }

    private boolean matches(LocalDate date) {
        boolean byDay = day.values().get(date.getDayOfMonth());
        boolean byWeekday = weekday.values().get(date.getDayOfWeek().getValue() % 7);
        return day.any() || weekday.any() ? byDay && byWeekday : byDay || byWeekday;
    }

    private Optional<LocalTime> nextTime(LocalTime from) {
        for (int h = hour.values().nextSetBit(from.getHour());
                h >= 0;
                h = hour.values().nextSetBit(h + 1)) {
            boolean sameHour = h == from.getHour();
            int firstMinute = sameHour ? from.getMinute() : 0;
            for (int m = minute.values().nextSetBit(firstMinute);
                    m >= 0;
                    m = minute.values().nextSetBit(m + 1)) {
                int s = second.values().nextSetBit(sameHour && m == from.getMinute() ? from.getSecond() : 0);
                if (s >= 0) {
                    return Optional.of(LocalTime.of(h, m, s));
                }
            }
        }
        return Optional.empty();
    }

    /** The expression as it was written. */
    public String expression() {
        return expression;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cron that && expression.equals(that.expression);
    }

    @Override
    public int hashCode() {
        return expression.hashCode();
    }

    @Override
    public String toString() {
        return expression;
    }
}
