package dev.millrace.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void figuresSurviveTheirLine() {
        var figures = Figures.none()
                .with("runs", 250_000)
                .with("startMillis.p50", 0.7312)
                .with("tiny", 1.5e-9);

        assertThat(Figures.parse(figures.line())).isEqualTo(figures);
        assertThat(Figures.parse(Figures.none().line())).isEqualTo(Figures.none());
    }

    @Test
    void aLineThatIsNoFiguresIsRefused() {
        assertThatThrownBy(() -> Figures.parse("runs=1 hello")).hasMessageContaining("\"hello\" is not name=value");
    }

    @Test
    void eachFigureHasItsOwnMedian() {
        var medians = Figures.medians(List.of(
                new Figures(Map.of("runs", 10d, "failed", 0d)),
                new Figures(Map.of("runs", 900d, "failed", 7d)),
                new Figures(Map.of("runs", 30d, "failed", 1d))));

        assertThat(medians.get("runs")).isEqualTo(30);
        assertThat(medians.get("failed")).isEqualTo(1);
    }

    @Test
    void theMedianOfAnEvenCountIsTheMeanOfTheMiddleTwo() {
        var medians = Figures.medians(List.of(new Figures(Map.of("runs", 1d)), new Figures(Map.of("runs", 4d))));

        assertThat(medians.get("runs")).isEqualTo(2.5);
    }

    @Test
    void repeatsThatDifferInTheirFiguresHaveNoMedian() {
        assertThatThrownBy(() ->
                        Figures.medians(List.of(new Figures(Map.of("runs", 1d)), new Figures(Map.of("chains", 4d)))))
                .hasMessageContaining("differ in their figures");
        assertThatThrownBy(() -> Figures.medians(List.of())).hasMessageContaining("no measurements");
    }

    @Test
    void samplesInMicrosecondsBecomeMilliseconds() {
        var samples = new Samples();
        for (int i = 1; i <= 100; i++) {
            samples.add(i * 100L);
        }

        var figures = Figures.none().withMillis("startMillis", samples);

        assertThat(figures.byName())
                .containsExactly(
                        Map.entry("startMillis.p50", 5.0),
                        Map.entry("startMillis.p95", 9.5),
                        Map.entry("startMillis.p99", 9.9),
                        Map.entry("startMillis.max", 10.0));
    }

    @Test
    void whatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> Figures.none().with("rate", 1d / 0)).hasMessageContaining("rate is not a number");
        assertThatThrownBy(() -> Figures.none().with("a b", 1)).hasMessageContaining("no name of a figure");
        assertThatThrownBy(() -> Figures.none().get("runs")).hasMessageContaining("There is no figure runs");
    }
}
