package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.RunId;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JitterTest {

    @Test
    void waitsAreSpreadEvenlyBetweenZeroAndTheCeiling() {
        var counts = new int[10];
        for (int i = 0; i < 100_000; i++) {
            long wait =
                    Jitter.micros(new AttemptRef(new RunId(new UUID(1, i % 100)), 1, i % 7, i % 11, 1 + i), 999_999);
            assertThat(wait).isBetween(0L, 999_999L);
            counts[(int) (wait / 100_000)]++;
        }
        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(9_500, 10_500));
    }

    @Test
    void withoutACeilingThereIsNoWaitAndTheLargestCeilingDoesNotOverflow() {
        var attempt = new AttemptRef(new RunId(new UUID(1, 2)), 1, 0, 0, 1);
        assertThat(Jitter.micros(attempt, 0)).isZero();
        assertThat(Jitter.micros(attempt, Long.MAX_VALUE - 1)).isNotNegative();
    }

    @Test
    void everyPartOfTheNameCounts() {
        var base = new AttemptRef(new RunId(new UUID(1, 2)), 1, 3, 4, 5);
        long wait = Jitter.micros(base, Long.MAX_VALUE - 1);
        assertThat(Jitter.micros(base, Long.MAX_VALUE - 1)).isEqualTo(wait);
        for (var other : new AttemptRef[] {
            new AttemptRef(new RunId(new UUID(2, 2)), 1, 3, 4, 5),
            new AttemptRef(new RunId(new UUID(1, 3)), 1, 3, 4, 5),
            new AttemptRef(base.run(), 2, 3, 4, 5),
            new AttemptRef(base.run(), 1, 4, 4, 5),
            new AttemptRef(base.run(), 1, 3, 5, 5),
            new AttemptRef(base.run(), 1, 3, 4, 6)
        }) {
            assertThat(Jitter.micros(other, Long.MAX_VALUE - 1)).isNotEqualTo(wait);
        }
    }
}
