package dev.millrace.processor.read;

import dev.millrace.manifest.Durations;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Durations as people write them in annotations. What is one is decided by {@link Durations}, for all of the product; this
 * class says what is wrong with what is none.
 */
public final class DurationLiteral {
    private static final Pattern PART = Pattern.compile("([0-9]+)\\s*([A-Za-z]*)");
    private static final List<String> UNITS = List.of("d", "h", "m", "s", "ms");

    private DurationLiteral() {}

    /** Reads a duration that is longer than nothing. */
    public static Read<Duration> positive(String literal) {
        var read = any(literal);
        return read.asOptional().filter(Duration::isZero).isPresent()
                ? wrong(literal, "is no time at all. Write 30s, 5m, 2h or 7d.")
                : read;
    }

    /** Reads a duration that may be zero. */
    public static Read<Duration> any(String literal) {
        try {
            return new Read.Value<>(Durations.parse(literal));
        } catch (IllegalArgumentException e) {
            return literal.startsWith("P") ? new Read.Wrong<>(e.getMessage()) : explained(literal, e.getMessage());
        }
    }

    private static Read<Duration> explained(String literal, String otherwise) {
        if (literal.startsWith("-")) {
            return wrong(literal, "is negative. Write 30s, 5m, 2h or 7d.");
        }
        var matcher = PART.matcher(literal);
        int end = 0;
        int previous = -1;
        while (matcher.find() && matcher.start() == end) {
            var number = matcher.group(1);
            var unit = UNITS.indexOf(matcher.group(2));
            if (unit < 0) {
                return matcher.group(2).isEmpty()
                        ? wrong(literal, "has no unit. Write " + number + "s, " + number + "m or " + number + "h.")
                        : wrong(
                                literal,
                                "is not a duration: unknown unit '" + matcher.group(2) + "'. Write 30s, 5m, 2h or 7d.");
            }
            if (unit <= previous) {
                return wrong(literal, "is not a duration: units go from large to small, each once, as in 1h30m.");
            }
            previous = unit;
            end = matcher.end();
        }
        return end == literal.length() && !literal.isEmpty()
                ? new Read.Wrong<>(otherwise)
                : wrong(literal, "is not a duration. Write 30s, 5m, 2h or 7d.");
    }

    private static Read<Duration> wrong(String literal, String rest) {
        return new Read.Wrong<>("\"" + literal + "\" " + rest);
    }
}
