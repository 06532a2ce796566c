package dev.millrace.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.RateLimitSpec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokensTest {

    @Test
    void productsAreExactBeyondTheRangeOfALong() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            long a = random.nextLong() >>> 1 + random.nextInt(62);
            long b = random.nextLong() >>> 1 + random.nextInt(62);
            long c = 1 + (random.nextLong() >>> 1 + random.nextInt(62));
            for (boolean up : new boolean[] {false, true}) {
                var exact = new BigDecimal(BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)))
                        .divide(BigDecimal.valueOf(c), 0, up ? RoundingMode.CEILING : RoundingMode.FLOOR)
                        .min(BigDecimal.valueOf(Long.MAX_VALUE));
                assertThat(Tokens.multiplyDivide(a, b, c, up)).isEqualTo(exact.longValueExact());
            }
        }
    }

    @Test
    void theTimeForATokenIsTheLeastThatBringsIt() {
        var random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            var tokens = new Tokens(new RateLimitSpec(
                    "api",
                    1 + random.nextInt(1_000_000_000),
                    Duration.ofNanos(1 + (long) (random.nextDouble() * 366 * 86_400e9)),
                    1_000_000_000));
            long missing = 1 + random.nextInt(1_000) * Tokens.UNIT;
            long micros = tokens.microsFor(missing);
            assertThat(tokens.after(0, micros)).isGreaterThanOrEqualTo(missing);
            assertThat(tokens.after(0, micros - 1)).isLessThan(missing);
        }
    }

    @Test
    void aBucketNeverHoldsMoreThanItsBurst() {
        var tokens = new Tokens(new RateLimitSpec("api", 1_000_000_000, Duration.ofMillis(1), 7));
        assertThat(tokens.after(3, Long.MAX_VALUE / 2)).isEqualTo(7 * Tokens.UNIT);
        assertThat(tokens.most).isEqualTo(7 * Tokens.UNIT);
    }
}
