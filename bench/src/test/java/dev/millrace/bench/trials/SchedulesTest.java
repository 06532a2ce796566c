package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    @Test
    void wholePeriodsAreMeasured() {
        assertThat(Schedules.periods(Duration.ofSeconds(3))).isEqualTo(1);
        assertThat(Schedules.periods(Duration.ofSeconds(10))).isEqualTo(1);
        assertThat(Schedules.periods(Duration.ofSeconds(39))).isEqualTo(3);
    }

    @Test
    void whatHasNoRunWasMissedAndWhatHasTwoWasDoubled() {
        var ticks = new Schedules.Ticks(1, 2, 3, 31, 29);
        assertThat(ticks.missed(30)).isEqualTo(1);
        assertThat(ticks.doubled()).isEqualTo(2);
    }
}
