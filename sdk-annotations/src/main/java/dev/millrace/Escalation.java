package dev.millrace;

import java.time.Duration;
import java.util.Objects;

/**
 * Whom an approval goes to when nobody has answered for a time. It stays the same approval, with the same end: only the role that is to
 * answer changes, and who had taken it on has it no longer.
 *
 * @param after how long the first role has; shorter than the approval's whole time
 * @param to the role that is to answer then
 */
public record Escalation(Duration after, String to) {
    public Escalation {
        Objects.requireNonNull(after, "after");
        if (after.isNegative() || after.isZero()) {
            throw new IllegalArgumentException(
                    "An approval is escalated some time after it was asked, not after " + after + ".");
        }
        if (to.isBlank() || to.length() > 200) {
            throw new IllegalArgumentException(
                    "The role that an approval is escalated to has 1 to 200 characters, but is \"" + to + "\".");
        }
    }

    /** After so long, to this role. */
    public static Escalation after(Duration time, String role) {
        return new Escalation(time, role);
    }
}
