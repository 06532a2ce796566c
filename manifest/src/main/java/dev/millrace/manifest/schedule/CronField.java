package dev.millrace.manifest.schedule;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * One field of a cron expression: the values that match.
 *
 * @param values bits of the matching values
 * @param stepped whether it was written with {@code *} or a step, so that it means "every so often"
 * @param any whether it matches everything
 */
record CronField(BitSet values, boolean stepped, boolean any) {

    /** The fields in the order of the six-field form. */
    enum Kind {
        SECOND("second", 0, 59, List.of()),
        MINUTE("minute", 0, 59, List.of()),
        HOUR("hour", 0, 23, List.of()),
        DAY("day of month", 1, 31, List.of()),
        MONTH(
                "month",
                1,
                12,
                List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
        WEEKDAY("day of week", 0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));

        private final String title;
        private final int min;
        private final int max;
        private final List<String> names;

        Kind(String title, int min, int max, List<String> names) {
            this.title = title;
            this.min = min;
            this.max = max;
            this.names = names;
        }
    }

    static CronField parse(String expression, String text, int position, Kind kind) {
        var values = new BitSet(kind.max + 1);
        boolean stepped = false;
        for (var part : text.split(",", -1)) {
            stepped |= part.startsWith("*") || part.contains("/");
            add(values, expression, part, position, kind);
        }
        if (kind == Kind.WEEKDAY && values.get(7)) {
            values.set(0);
            values.clear(7);
        }
        int first = kind == Kind.WEEKDAY ? 0 : kind.min;
        int last = kind == Kind.WEEKDAY ? 6 : kind.max;
        return new CronField(values, stepped, values.nextClearBit(first) > last);
    }

    private static void add(BitSet values, String expression, String part, int position, Kind kind) {
        var rangeAndStep = part.split("/", -1);
        if (part.isEmpty() || rangeAndStep.length > 2) {
            throw fault(expression, kind, position, "\"" + part + "\" is no value, range (1-5) or step (*/5)");
        }
        int step = 1;
        if (rangeAndStep.length == 2) {
            step = number(expression, rangeAndStep[1], position, kind, List.of());
            if (step < 1) {
                throw fault(expression, kind, position, "step " + step + " must be at least 1");
            }
        }
        var range = rangeAndStep[0];
        int from;
        int to;
        if (range.equals("*")) {
            from = kind.min;
            to = kind == Kind.WEEKDAY ? 6 : kind.max;
        } else {
            var ends = range.split("-", -1);
            if (ends.length > 2) {
                throw fault(expression, kind, position, "\"" + range + "\" is no range");
            }
            from = value(expression, ends[0], position, kind);
            to = ends.length == 2
                    ? value(expression, ends[1], position, kind)
                    : rangeAndStep.length == 2 ? kind.max : from;
            if (from > to) {
                throw fault(expression, kind, position, "range " + range + " ends before it begins");
            }
        }
        for (int value = from; value <= to; value += step) {
            values.set(value);
        }
    }

    private static int value(String expression, String text, int position, Kind kind) {
        int value = number(expression, text, position, kind, kind.names);
        if (value < kind.min || value > kind.max) {
            throw fault(
                    expression, kind, position, kind.title + " " + value + " is outside " + kind.min + ".." + kind.max);
        }
        return value;
    }

    private static int number(String expression, String text, int position, Kind kind, List<String> names) {
        int name = names.indexOf(text.toUpperCase(Locale.ROOT));
        if (name >= 0) {
            return name + kind.min;
        }
        if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw fault(
                    expression,
                    kind,
                    position,
                    "\"" + text + "\" is no number"
                            + (names.isEmpty() ? "" : " and none of " + String.join(", ", names))
                            + "; L, W, # and ? are not supported");
        }
        return Integer.parseInt(text);
    }

    private static InvalidCronException fault(String expression, Kind kind, int position, String what) {
        return new InvalidCronException(
                InvalidCronException.Reason.INVALID,
                "\"" + expression + "\": " + what + " (" + kind.title + ", field " + position + ").");
    }
}
