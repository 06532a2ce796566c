package dev.millrace.engine;

import java.util.Objects;

/**
 * What one attempt says that it has spent, in all since it began; so the same said twice counts once.
 *
 * @param used what it used, by the names of the user
 * @param settled how many tokens of rate limits it really took, by the names of the limits; those that are not named took what was
 *     reserved for them
 */
public record Spent(Usage used, Usage settled) {

    /** Of an attempt that says nothing. */
    public static final Spent NONE = new Spent(Usage.NONE, Usage.NONE);

    public Spent {
        Objects.requireNonNull(used, "used");
        Objects.requireNonNull(settled, "settled");
    }

    /** So much was used, and every limit took what was reserved. */
    public static Spent of(Usage used, Usage settled) {
        return used.isNone() && settled.isNone() ? NONE : new Spent(used, settled);
    }

    public boolean isNone() {
        return used.isNone() && settled.isNone();
    }
}
