package dev.millrace.engine.scheduling;

import dev.millrace.manifest.RateLimitSpec;
import java.math.BigInteger;

/**
 * The arithmetic of a token bucket, exact in whole numbers: the level is counted in billionths of a token and rounded down, so
 * that at most a billionth of a token per taking is lost and none is ever made up.
 */
final class Tokens {
    static final long UNIT = 1_000_000_000L;

    /** In {@code microsPerStep} microseconds {@code unitsPerStep} billionths flow in; without a common divisor. */
    private final long unitsPerStep;

    private final long microsPerStep;
    final long most;

    Tokens(RateLimitSpec spec) {
        long units = Math.multiplyExact(spec.limit(), UNIT);
        long micros = Math.max(1, spec.period().toNanos() / 1000);
        long divisor = gcd(units, micros);
        this.unitsPerStep = units / divisor;
        this.microsPerStep = micros / divisor;
        this.most = Math.multiplyExact(spec.burst(), UNIT);
    }

    /** The level after some time. */
    long after(long level, long micros) {
        long gained = multiplyDivide(micros, unitsPerStep, microsPerStep, false);
        return gained >= most - level ? most : level + gained;
    }

    /** How long it takes to gain that many billionths. */
    long microsFor(long units) {
        return units <= 0 ? 0 : multiplyDivide(units, microsPerStep, unitsPerStep, true);
    }

    /** {@code a * b / c} without overflow, or {@link Long#MAX_VALUE} where it is larger; rounded up or down. */
    static long multiplyDivide(long a, long b, long c, boolean up) {
        long low = a * b;
        if (Math.multiplyHigh(a, b) == 0 && low >= 0) {
            return up && low % c != 0 ? low / c + 1 : low / c;
        }
        var product = BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
        var parts = product.divideAndRemainder(BigInteger.valueOf(c));
        var quotient = up && parts[1].signum() != 0 ? parts[0].add(BigInteger.ONE) : parts[0];
        return quotient.bitLength() > 63 ? Long.MAX_VALUE : quotient.longValue();
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
