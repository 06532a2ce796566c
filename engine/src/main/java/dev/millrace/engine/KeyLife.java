package dev.millrace.engine;

import java.time.Duration;

/** For how long the idempotency key of a start belongs to the run that it started; afterwards it starts another one. */
public sealed interface KeyLife {
    /** For as long as keys are kept at all. */
    KeyLife KEPT = new Kept();

    /** For as long as keys are kept at all: {@link #KEPT}. */
    record Kept() implements KeyLife {}

    /**
     * For so long from the start on, whether the run has ended or not.
     *
     * @param time more than nothing, at most {@link #LONGEST}
     */
    record For(Duration time) implements KeyLife {
        /** The longest. */
        public static final Duration LONGEST = Duration.ofDays(366);

        public For {
            if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("A key may belong to its run for more than nothing and at most "
                        + LONGEST + ", not " + time + ".");
            }
        }
    }

    /** Until the run has ended, however it ended. */
    record UntilFinished() implements KeyLife {}
}
