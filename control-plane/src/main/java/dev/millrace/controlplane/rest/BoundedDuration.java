package dev.millrace.controlplane.rest;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.manifest.Durations;
import java.time.Duration;

/** Durations in requests: {@code 30s}, {@code 5m}, {@code 2h}, {@code 30d} or {@code PT30S}, within bounds. */
public final class BoundedDuration {
    private BoundedDuration() {}

    /**
     * Reads a duration.
     *
     * @param path where in the request it stands
     * @throws ApiException with {@link ErrorCode#DURATION_INVALID}
     */
    public static Duration parse(String text, String path, Duration min, Duration max) {
        Duration duration;
        try {
            duration = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.DURATION_INVALID, path + ": " + e.getMessage(), path);
        }
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new ApiException(
                    ErrorCode.DURATION_INVALID,
                    path + " is " + text + "; it must be " + Durations.format(min) + " to " + Durations.format(max)
                            + ".",
                    path);
        }
        return duration;
    }
}
