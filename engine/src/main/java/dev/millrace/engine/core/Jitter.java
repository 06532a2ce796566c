package dev.millrace.engine.core;

import dev.millrace.engine.AttemptRef;

/**
 * How long to wait before a retry: full jitter, but the same for the same attempt whenever it is asked, so that no state of a
 * random generator has to survive a crash. The bits are mixed as in SplitMix64 (Steele, Lea and Flood, "Fast Splittable
 * Pseudorandom Number Generators", OOPSLA 2014).
 */
final class Jitter {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Jitter() {}

    /** A wait between 0 and the ceiling, both included, evenly spread over attempts. */
    static long micros(AttemptRef attempt, long ceilingMicros) {
        long seed = attempt.run().value().getMostSignificantBits();
        seed = mix(seed ^ attempt.run().value().getLeastSignificantBits());
        seed = mix(seed ^ ((long) attempt.generation() << 32 | attempt.node()));
        seed = mix(seed ^ ((long) attempt.element() << 32 | attempt.attempt()));
        // the upper half of the 128-bit product of a uniform 64-bit fraction and the number of choices
        long choices = ceilingMicros + 1;
        long high = Math.multiplyHigh(seed, choices);
        return seed < 0 ? high + choices : high;
    }

    private static long mix(long seed) {
        long bits = seed + GOLDEN;
        bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        return bits ^ (bits >>> 31);
    }
}
