package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {

    @Test
    void equalSharesHaveIndexOneAndOneWhoGetsEverythingHasOneOfHowManyThereAre() {
        assertThat(Rounds.jain(new long[] {7, 7, 7, 7})).isEqualTo(1);
        assertThat(Rounds.jain(new long[] {28, 0, 0, 0})).isEqualTo(0.25);
        assertThat(Rounds.jain(new long[] {1, 3})).isCloseTo(16 / 20.0, within(1e-12));
        assertThatThrownBy(() -> Rounds.jain(new long[] {0, 0})).hasMessageContaining("Nobody got anything");
    }

    @Test
    void turnsAreContendedUntilTheFirstKeyHasHadAllOfIts() {
        var order = List.of("a", "b", "a", "b", "a", "a");

        assertThat(Rounds.contended(order, Map.of("a", 4, "b", 2))).isEqualTo(4);
        assertThat(Rounds.contended(order, Map.of("a", 9, "b", 9))).isEqualTo(6);
    }

    @Test
    void whoWasNotServedCountsWithNothing() {
        assertThat(Rounds.served(List.of("a", "x", "a"), List.of("a", "b"))).containsExactlyInAnyOrder(2, 0);
    }

    @Test
    void theWorstStretchCounts() {
        var order = List.of("a", "b", "a", "a", "b", "a", "b");

        assertThat(Rounds.worstJain(order, List.of("a", "b"), 2)).isEqualTo(0.5);
        assertThat(Rounds.worstJain(order, List.of("a", "b"), 8))
                .as("no whole stretch")
                .isEqualTo(1);
    }

    @Test
    void aTaskWaitsAsManyRoundsAsTheKeyWithTheMostTurnsBeforeIt() {
        assertThat(Rounds.waited(List.of("lone", "a"), "lone")).isZero();
        assertThat(Rounds.waited(List.of("a", "b", "c", "lone", "a", "a"), "lone"))
                .isEqualTo(1);
        assertThat(Rounds.waited(List.of("a", "b", "a", "lone"), "lone")).isEqualTo(2);
        assertThatThrownBy(() -> Rounds.waited(List.of("a"), "lone")).hasMessageContaining("lone");
    }
}
