package dev.millrace.manifest;

import java.time.Duration;

/** Bounds that several parts of a manifest share. */
final class Limits {

    private Limits() {}

    /** Refuses durations that no clock arithmetic should have to survive. */
    static void requirePositive(String path, String what, Duration duration) {
        if (duration.isNegative() || duration.isZero() || duration.compareTo(Durations.MAX) > 0) {
            throw new InvalidManifestException(
                    path, what + " must be longer than zero and at most 366 days, but is " + duration + ".");
        }
    }
}
