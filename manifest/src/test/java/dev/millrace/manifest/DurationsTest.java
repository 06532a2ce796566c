package dev.millrace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S",
        "30s, PT30S",
        "5m, PT5M",
        "2h, PT2H",
        "7d, PT168H",
        "1h30m, PT1H30M",
        "1d2h3m4s5ms, PT26H3M4.005S",
        "PT30S, PT30S",
        "P1DT1S, PT24H1S",
        "0s, PT0S"
    })
    void durationsAreReadAsPeopleWriteThem(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "-5s",
                "PT-5S",
                "1 h",
                "30m1h",
                "1e9d",
                "P1M",
                "soon",
                "1.5h",
                "367d",
                "99999999999d",
                "PT9999999999999999999S"
            })
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void everyDurationIsReadBackAsWritten() {
        var random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            var duration =
                    Duration.ofSeconds(random.nextInt(86_400 * 366), i % 3 == 0 ? 0 : random.nextInt(1_000_000_000));
            assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
        }
    }

    @ParameterizedTest
    @CsvSource({"PT720H, 30d", "PT5M, 5m", "PT0S, 0s", "PT1M1.5S, 1m1s500ms", "PT0.000001S, PT0.000001S"})
    void durationsAreWrittenShort(Duration duration, String text) {
        assertThat(Durations.format(duration)).isEqualTo(text);
    }
}
