package dev.millrace.samples.review;

import java.time.Duration;

/**
 * How long each of them has, each time that he is asked.
 *
 * @param editor then the chief editor is asked
 * @param chief then the draft is not published
 * @param author then it is not published either
 */
public record Deadlines(Duration editor, Duration chief, Duration author) {
    /** What a weekly magazine grants. */
    public static final Deadlines USUAL = new Deadlines(Duration.ofDays(2), Duration.ofDays(2), Duration.ofDays(7));
}
