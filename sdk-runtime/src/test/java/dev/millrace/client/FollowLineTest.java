package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.wire.runs.v1.ClientFrame;
import dev.millrace.wire.runs.v1.Follow;
import java.util.List;
import java.util.UUID;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class FollowLineTest {
    private static final LongPredicate ALL = correlation -> true;
    private static final UUID RUN = new UUID(1, 2);

    private final FollowLine line = new FollowLine(2);

    @Test
    void theNextIsToldOfWhenOneHasEnded() {
        List.of(1L, 2L, 3L).forEach(correlation -> line.add(correlation, RUN));

        assertThat(said(ALL)).containsExactly(1L, 2L);
        assertThat(line.ready()).isFalse();

        line.answered(1);

        assertThat(line.ready()).isTrue();
        assertThat(said(ALL)).containsExactly(3L);
    }

    @Test
    void whatNobodyWaitsForAnyMoreTakesNoPlace() {
        List.of(1L, 2L, 3L).forEach(correlation -> line.add(correlation, RUN));

        assertThat(said(correlation -> correlation != 1)).containsExactly(2L, 3L);
    }

    @Test
    void aStopIsSaidEvenWhenTheLineIsFullAndMakesRoom() {
        List.of(1L, 2L, 3L).forEach(correlation -> line.add(correlation, RUN));
        said(ALL);

        line.stop(2, RUN);

        var frame = ClientFrame.newBuilder();
        line.fill(frame, ALL);
        assertThat(frame.getFollowsList())
                .extracting(Follow::getCorrelation, Follow::getStop)
                .containsExactly(tuple(2L, true), tuple(3L, false));
    }

    @Test
    void aNewStreamHasBeenToldOfNothing() {
        line.add(1, RUN);
        line.add(2, RUN);
        said(ALL);

        line.clear();
        line.add(1, RUN);
        line.add(2, RUN);

        assertThat(said(ALL)).containsExactly(1L, 2L);
    }

    private List<Long> said(LongPredicate wanted) {
        var frame = ClientFrame.newBuilder();
        line.fill(frame, wanted);
        return frame.getFollowsList().stream().map(Follow::getCorrelation).toList();
    }
}
