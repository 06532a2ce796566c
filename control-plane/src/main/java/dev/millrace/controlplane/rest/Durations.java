package dev.millrace.controlplane.rest;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as requests write them: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 30d}, or {@code PT30S}. */
public final class Durations {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    private Durations() {}

    /**
     * Reads a duration within bounds.
     *
     * @param path where in the request it stands
     * @throws ApiException with {@link ErrorCode#DURATION_INVALID}
     */
    public static Duration parse(String text, String path, Duration min, Duration max) {
        var duration = parse(text, path);
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new ApiException(
                    ErrorCode.DURATION_INVALID,
                    path + " is " + text + "; it must be " + min + " to " + max + ".",
                    path);
        }
        return duration;
    }

    private static Duration parse(String text, String path) {
        var matcher = SHORT.matcher(text);
        try {
            if (matcher.matches()) {
                long amount = Long.parseLong(matcher.group(1));
                return switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                };
            }
            return Duration.parse(text);
        } catch (DateTimeException | ArithmeticException e) {
            throw new ApiException(
                    ErrorCode.DURATION_INVALID,
                    path + " is \"" + text + "\", which is no duration; write 500ms, 30s, 5m, 2h, 30d or PT30S.",
                    path);
        }
    }
}
