package dev.millrace.engine;

import java.time.Instant;
import java.util.Objects;

/**
 * What a run has used since it was last captured: whoever stores every captured image once has counted everything once, whatever is
 * replayed meanwhile. Not stored with the image.
 *
 * @param fresh what was used since the image captured before this one, by all its generations
 * @param at when some of it was last used; {@link Instant#MIN} for never
 */
public record Spending(Usage fresh, Instant at) {

    /** Of a run that has used nothing new. */
    public static final Spending NONE = new Spending(Usage.NONE, Instant.MIN);

    public Spending {
        Objects.requireNonNull(fresh, "fresh");
        Objects.requireNonNull(at, "at");
    }
}
