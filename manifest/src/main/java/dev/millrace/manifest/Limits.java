package dev.millrace.manifest;

import java.time.Duration;

/** Bounds that several parts of a manifest share. */
final class Limits {
    /** As many characters as {@code expression} compiles. */
    private static final int LONGEST_EXPRESSION = 1_024;

    private static final int LONGEST_TITLE = 128;
    private static final int MOST_TOGETHER = 10_000;

    private Limits() {}

    /** Refuses durations that no clock arithmetic should have to survive. */
    static void requirePositive(String path, String what, Duration duration) {
        if (duration.isNegative() || duration.isZero() || duration.compareTo(Durations.MAX) > 0) {
            throw new InvalidManifestException(
                    path, what + " must be longer than zero and at most 366 days, but is " + duration + ".");
        }
    }

    /** Refuses what cannot be an expression, whatever its scope; empty stands for none. */
    static void requireExpression(String path, String what, String expression) {
        if (!expression.isEmpty()) {
            requireSomeExpression(path, what, expression);
        }
    }

    static void requireSomeExpression(String path, String what, String expression) {
        int length = expression.codePointCount(0, expression.length());
        if (expression.isBlank() || length > LONGEST_EXPRESSION) {
            throw new InvalidManifestException(
                    path,
                    what + " must be an expression of 1 to " + LONGEST_EXPRESSION + " characters, but "
                            + (expression.isBlank() ? "is blank." : "has " + length + "."));
        }
    }

    /** Refuses names for people that would not fit where people read them. */
    static void requireTitle(String path, String what, String title) {
        if (title.isBlank() || title.length() > LONGEST_TITLE || title.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidManifestException(
                    path,
                    what + " must have 1 to " + LONGEST_TITLE + " characters and none that controls a terminal, but is "
                            + Json.write(JsonValue.of(title)) + ".");
        }
    }

    static void requireSeveral(String path, String what, int size) {
        if (size < 2 || size > MOST_TOGETHER) {
            throw new InvalidManifestException(
                    path, what + " must have room for 2 to " + MOST_TOGETHER + ", but has room for " + size + ".");
        }
    }
}
