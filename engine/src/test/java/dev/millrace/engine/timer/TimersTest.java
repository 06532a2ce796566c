package dev.millrace.engine.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TimersTest {
    private static final long NOON = 1_800_000_000_000_000L;
    private final Timers timers = new Timers();

    private static final class Bell extends Timer {
        final int number;

        Bell(int number) {
            this.number = number;
        }

        @Override
        protected int kind() {
            return 0;
        }

        @Override
        protected int compareAtSameInstant(Timer other) {
            return Integer.compare(number, ((Bell) other).number);
        }
    }

    private List<Integer> advance(long micros) {
        var rung = new ArrayList<Integer>();
        timers.advance(micros, timer -> rung.add(((Bell) timer).number));
        return rung;
    }

    @Test
    void aTimerComesDueAtItsInstantAndNotBefore() {
        timers.set(new Bell(1), NOON);
        assertThat(advance(NOON - 1)).isEmpty();
        assertThat(advance(NOON)).containsExactly(1);
        assertThat(advance(NOON + 1_000_000)).isEmpty();
    }

    @Test
    void betweenMillisecondsItComesDueWithTheNext() {
        advance(NOON);
        timers.set(new Bell(1), NOON + 1_500);
        assertThat(advance(NOON + 1_999)).isEmpty();
        assertThat(timers.next()).hasValue(NOON + 2_000);
        assertThat(advance(NOON + 2_000)).containsExactly(1);
    }

    @Test
    void whatIsSetIntoThePastComesDueWithTheNextCall() {
        advance(NOON);
        timers.set(new Bell(1), NOON - 5_000_000);
        assertThat(timers.next()).hasValue(NOON);
        assertThat(advance(NOON)).containsExactly(1);
    }

    @Test
    void whatIsDueTogetherComesInOneOrder() {
        timers.set(new Bell(3), NOON);
        timers.set(new Bell(1), NOON);
        timers.set(new Bell(2), NOON - 1);
        assertThat(advance(NOON)).containsExactly(2, 1, 3);
    }

    @Test
    void aTimerMayBeCancelledAndSetWhileOthersComeDue() {
        var first = new Bell(1);
        var second = new Bell(2);
        timers.set(first, NOON);
        timers.set(second, NOON);
        var rung = new ArrayList<Integer>();
        timers.advance(NOON, timer -> {
            rung.add(((Bell) timer).number);
            timers.cancel(second);
            timers.set(first, NOON + 1_000);
        });
        assertThat(rung).containsExactly(1);
        assertThat(first.isSet()).isTrue();
        assertThat(advance(NOON + 1_000)).containsExactly(1);
    }

    @Test
    void itAgreesWithASortedSetWhateverIsSetAndCancelled() {
        for (long seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var wheel = new Timers();
            var bells = new ArrayList<Bell>();
            for (int i = 0; i < 60; i++) {
                bells.add(new Bell(i));
            }
            var model = new TreeSet<Bell>(
                    Comparator.<Bell>comparingLong(Timer::dueMicros).thenComparingInt(bell -> bell.number));
            long now = NOON + random.nextInt(1_000_000_000);
            for (int i = 0; i < 400; i++) {
                var bell = bells.get(random.nextInt(bells.size()));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        model.remove(bell);
                        wheel.cancel(bell);
                    }
                    case 1, 2 -> {
                        model.remove(bell);
                        long ahead = (long) Math.pow(10, random.nextDouble() * 15);
                        wheel.set(bell, now - 10_000 + ahead);
                        model.add(bell);
                    }
                    default -> {
                        now += (long) Math.pow(10, random.nextDouble() * 13);
                        long tick = now / 1000 * 1000;
                        var expected = new ArrayList<Integer>();
                        while (!model.isEmpty() && model.first().dueMicros() <= tick) {
                            expected.add(model.pollFirst().number);
                        }
                        var rung = new ArrayList<Integer>();
                        wheel.advance(now, timer -> rung.add(((Bell) timer).number));
                        assertThat(rung).as("seed %d", seed).isEqualTo(expected);
                    }
                }
                if (model.isEmpty()) {
                    assertThat(wheel.next()).isEmpty();
                } else {
                    assertThat(wheel.next().orElseThrow())
                            .as("seed %d", seed)
                            .isLessThanOrEqualTo(Math.max(now, (model.first().dueMicros() + 999) / 1000 * 1000));
                }
            }
        }
    }
}
