package dev.millrace.engine;

import dev.millrace.manifest.Backoff;
import java.time.Duration;

/**
 * Full jitter without a random generator: the fraction is a hash of what names the attempt, so the same attempt always waits
 * equally long and no state has to survive a crash. The mixer is the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
 */
final class Jitter {
    private Jitter() {}

    static Duration delay(Backoff backoff, int retry, AttemptRef attempt) {
        long hash = mix(attempt.run().value().getMostSignificantBits());
        hash = mix(hash ^ attempt.run().value().getLeastSignificantBits());
        hash = mix(hash ^ ((long) attempt.generation() << 48 ^ (long) attempt.node() << 24 ^ attempt.element()));
        hash = mix(hash ^ attempt.attempt());
        double fraction = (hash >>> 11) * 0x1.0p-53;
        return Duration.ofNanos((long) (backoff.ceiling(retry).toNanos() * fraction));
    }

    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
