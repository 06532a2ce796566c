package dev.millrace.manifest;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Durations as people write them, in annotations, manifests, REST bodies and on the command line: {@code 250ms}, {@code
 * 30s}, {@code 5m}, {@code 2h}, {@code 7d}, combined from large to small ({@code 1h30m}), or ISO-8601 ({@code PT30S}). A
 * day is 24 hours. Stateless.
 */
public final class Durations {

    /** The longest duration that the product takes anywhere. */
    public static final Duration MAX = Duration.ofDays(366);

    private static final Pattern SHORT =
            Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
    private static final List<Duration> UNITS = List.of(
            Duration.ofDays(1),
            Duration.ofHours(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(1));
    private static final List<String> SUFFIXES = List.of("d", "h", "m", "s", "ms");

    private Durations() {}

    /**
     * Reads a duration. Signs, spaces and months are refused; zero is a duration, and whether it makes sense is for the
     * caller to say.
     *
     * @throws IllegalArgumentException if the text is none, or longer than {@link #MAX}; the message is a sentence
     */
    public static Duration parse(String text) {
        var parts = SHORT.matcher(text);
        Duration duration = Duration.ZERO;
        if (!text.isEmpty() && parts.matches()) {
            for (int i = 0; i < UNITS.size(); i++) {
                String amount = parts.group(i + 1);
                if (amount != null) {
                    duration = duration.plus(UNITS.get(i).multipliedBy(Long.parseLong(amount)));
                }
            }
        } else {
            duration = iso(text);
        }
        if (duration.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("The duration \"" + text + "\" is longer than 366 days.");
        }
        return duration;
    }

    private static Duration iso(String text) {
        if (text.startsWith("P") && text.indexOf('-') < 0 && text.length() <= 64) {
            try {
                return Duration.parse(text);
            } catch (DateTimeException e) {
                // told below, in our own words
            }
        }
        throw new IllegalArgumentException("\"" + text
                + "\" is no duration. Write 250ms, 30s, 5m, 2h, 7d, a combination from large to small such as"
                + " 1h30m, or ISO-8601 such as PT30S.");
    }

    /** Writes a duration so that {@link #parse} reads the same one; short where whole milliseconds allow it. */
    public static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.isNegative() || duration.getNano() % 1_000_000 != 0) {
            return duration.toString();
        }
        var text = new StringBuilder();
        // Whole numbers: dividing durations goes through BigDecimal, which every compilation and hash would pay for.
        long rest = duration.getSeconds();
        for (int i = 0; i < UNITS.size(); i++) {
            boolean milliseconds = i == UNITS.size() - 1;
            long amount = milliseconds
                    ? duration.getNano() / 1_000_000
                    : rest / UNITS.get(i).getSeconds();
            if (amount > 0) {
                text.append(amount).append(SUFFIXES.get(i));
            }
            rest = milliseconds ? 0 : rest % UNITS.get(i).getSeconds();
        }
        return text.toString();
    }
}
