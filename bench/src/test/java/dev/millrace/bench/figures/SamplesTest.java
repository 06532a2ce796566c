package dev.millrace.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void percentilesAreByNearestRank() {
        var samples = of(15, 20, 35, 40, 50);

        assertThat(samples.percentile(5)).isEqualTo(15);
        assertThat(samples.percentile(30)).isEqualTo(20);
        assertThat(samples.percentile(40)).isEqualTo(20);
        assertThat(samples.percentile(50)).isEqualTo(35);
        assertThat(samples.percentile(100)).isEqualTo(50);
    }

    @Test
    void theOrderOfArrivalDoesNotMatter() {
        assertThat(of(50, 15, 40, 20, 35).percentile(50)).isEqualTo(35);
    }

    @Test
    void manyValuesAreAllKept() {
        var samples = of(LongStream.rangeClosed(1, 100_000).toArray());

        assertThat(samples.size()).isEqualTo(100_000);
        assertThat(samples.percentile(50)).isEqualTo(50_000);
        assertThat(samples.percentile(95)).isEqualTo(95_000);
        assertThat(samples.percentile(99)).isEqualTo(99_000);
    }

    @Test
    void oneValueIsEveryPercentile() {
        assertThat(of(7).percentile(0.1)).isEqualTo(7);
        assertThat(of(7).percentile(99.9)).isEqualTo(7);
    }

    @Test
    void nothingMeasuredHasNoPercentile() {
        assertThatThrownBy(() -> of().percentile(50))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Nothing was measured");
        assertThatThrownBy(() -> of(1).percentile(0)).hasMessageContaining("but is 0.0");
        assertThatThrownBy(() -> of(1).percentile(101)).hasMessageContaining("but is 101.0");
    }

    @Test
    void valuesBelowALimitAreCounted() {
        assertThat(of(3, -1, 0, -7).below(0)).isEqualTo(2);
        assertThat(of().below(0)).isZero();
    }

    @Test
    void whatIsTakenIsNotThereAnyMore() {
        var samples = of(3, 5);
        assertThat(samples.take().percentile(100)).isEqualTo(5);
        assertThat(samples.take().size()).isZero();
        samples.add(7);
        assertThat(samples.take().percentile(100)).isEqualTo(7);
    }

    @Test
    void whoeverWaitsForValuesGoesOnWithTheLastOfThem() throws InterruptedException {
        var samples = of(1);
        var other = new Thread(() -> samples.add(2));
        other.start();
        assertThat(samples.await(2, Duration.ofSeconds(30))).isTrue();
        assertThat(samples.await(3, Duration.ZERO)).isFalse();
        other.join();
    }

    private static Samples of(long... values) {
        var samples = new Samples();
        for (var value : values) {
            samples.add(value);
        }
        return samples;
    }
}
