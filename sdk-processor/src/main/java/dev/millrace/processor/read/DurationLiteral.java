package dev.millrace.processor.read;

import dev.millrace.manifest.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Durations as people write them in annotations. What is one is decided by {@link Durations}, for all of the product; this
 * class says what is wrong with what is none.
 */
public final class DurationLiteral {
    private static final Pattern PART = Pattern.compile("([0-9]+)\\s*([A-Za-z]*)");
    private static final List<String> UNITS = List.of("d", "h", "m", "s", "ms");

    private static final String EXAMPLES = "30s, 5m, 2h or 7d";
    private static final Pattern WORD = Pattern.compile("[a-z]+");
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("day", "d"),
            Map.entry("days", "d"),
            Map.entry("hr", "h"),
            Map.entry("hrs", "h"),
            Map.entry("hour", "h"),
            Map.entry("hours", "h"),
            Map.entry("min", "m"),
            Map.entry("mins", "m"),
            Map.entry("minute", "m"),
            Map.entry("minutes", "m"),
            Map.entry("sec", "s"),
            Map.entry("secs", "s"),
            Map.entry("second", "s"),
            Map.entry("seconds", "s"),
            Map.entry("millis", "ms"),
            Map.entry("milliseconds", "ms"));

    private DurationLiteral() {}

    /** Reads a duration that is longer than nothing. */
    public static Read<Duration> positive(String literal) {
        var read = any(literal);
        return read.asOptional().filter(Duration::isZero).isPresent() ? wrong(literal, "is no time at all.") : read;
    }

    /** Reads a duration that may be zero. */
    public static Read<Duration> any(String literal) {
        try {
            return new Read.Value<>(Durations.parse(literal));
        } catch (IllegalArgumentException e) {
            return explained(literal);
        }
    }

    private static Read<Duration> explained(String literal) {
        if (literal.startsWith("-")) {
            return wrong(literal, "is negative.");
        }
        if (literal.startsWith("P")) {
            return wrong(literal, "is no duration: days, hours, minutes and seconds have a length, months have none.");
        }
        var matcher = PART.matcher(literal);
        int end = 0;
        int previous = -1;
        while (matcher.find() && matcher.start() == end) {
            var number = matcher.group(1);
            var unit = UNITS.indexOf(matcher.group(2));
            if (unit < 0) {
                return matcher.group(2).isEmpty()
                        ? new Read.Wrong<>(
                                quoted(literal) + " has no unit.",
                                "write " + number + "s, " + number + "m or " + number + "h.")
                        : wrong(literal, "is not a duration: unknown unit '" + matcher.group(2) + "'.");
            }
            if (unit <= previous) {
                return wrong(literal, "is not a duration: units go from large to small, each once, as in 1h30m.");
            }
            previous = unit;
            end = matcher.end();
        }
        if (end != literal.length() || literal.isEmpty()) {
            return wrong(literal, "is not a duration.");
        }
        return literal.contains(" ")
                ? wrong(literal, "is not a duration: there is a space in it.")
                : new Read.Wrong<>(
                        "The duration " + quoted(literal) + " is longer than 366 days.", "write 366d or less.");
    }

    private static Read<Duration> wrong(String literal, String rest) {
        return new Read.Wrong<>(quoted(literal) + " " + rest, "write " + meant(literal) + ".");
    }

    private static String quoted(String literal) {
        return "\"" + literal + "\"";
    }

    /** What was probably meant, if that can be guessed; else examples. */
    private static String meant(String literal) {
        var words = WORD.matcher(literal.toLowerCase(Locale.ROOT).replaceAll("[\\s,]|and", ""));
        var guess = words.replaceAll(word -> WORDS.getOrDefault(word.group(), word.group()));
        try {
            return Durations.parse(guess).isZero() ? EXAMPLES : quoted(guess);
        } catch (IllegalArgumentException e) {
            return EXAMPLES;
        }
    }
}
