package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.TypeRef;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.fake.Cuts;
import dev.millrace.fake.FakeControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading what a run emits. */
@Timeout(60)
class RunItemsTest {
    record Line(int number) {}

    private final FakeControlPlane controlPlane = new FakeControlPlane();
    private final Millrace millrace = Millrace.builder()
            .connect(
                    Map.of("MILLRACE_URL", controlPlane.url(), "MILLRACE_TOKEN", FakeControlPlane.TOKEN),
                    Path.of("/nowhere"));
    private final RunHandle<String> run = millrace.workflow(
                    new WorkflowRef<>("tales", "shape-1", TypeRef.of(String.class), TypeRef.of(String.class)))
            .get(UUID.randomUUID().toString());

    @AfterEach
    void close() {
        millrace.close();
        controlPlane.close();
    }

    private static List<String> json(int count) {
        return IntStream.range(0, count).mapToObj(i -> "{\"number\":" + i + "}").toList();
    }

    private static List<Line> lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(Line::new).toList();
    }

    @Test
    void itemsAreReadInOrderUntilTheRunHasEnded() {
        controlPlane.streams.toFollow(json(50));
        try (var items = run.stream(Line.class)) {
            assertThat(items.values().toList()).isEqualTo(lines(0, 50));
            assertThat(items.position()).isEqualTo(50);
            assertThat(items.next(Duration.ZERO)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 19})
    void aConnectionThatBreaksLeavesNoGapAndDoublesNothing(int boundary) {
        var cuts = Cuts.at(boundary);
        controlPlane.streams.cut(cuts);
        controlPlane.streams.toFollow(json(20));
        try (var items = run.stream(Line.class)) {
            assertThat(items.values().toList()).isEqualTo(lines(0, 20));
        }
        assertThat(cuts.happened()).isTrue();
    }

    @Test
    void readingGoesOnBehindAPosition() {
        controlPlane.streams.toFollow(json(10));
        try (var items = run.stream(Line.class, o -> o.after(4))) {
            var first = items.next(Duration.ofSeconds(20)).orElseThrow();
            assertThat(first.position()).isEqualTo(5);
            assertThat(first.value()).isEqualTo(new Line(4));
            assertThat(items.values().toList()).isEqualTo(lines(5, 10));
        }
    }

    @Test
    void whoWaitsTooLongIsToldSoAndMayReadOn() {
        controlPlane.streams.hold();
        controlPlane.streams.toFollow(json(1));
        try (var items = run.stream(Line.class, o -> o.patience(Duration.ofMillis(200)))) {
            assertThat(items.next(Duration.ofSeconds(20))).isPresent();
            assertThatThrownBy(() -> items.iterator().hasNext())
                    .isInstanceOf(StreamTimeoutException.class)
                    .hasMessageContaining("behind position 1 within 200 ms")
                    .hasMessageContaining("It goes on");
            assertThatThrownBy(() -> items.next(Duration.ofMillis(1))).isInstanceOf(StreamTimeoutException.class);
        }
    }

    @Test
    void whatIsClosedIsNotReadAnyMore() {
        controlPlane.streams.hold();
        var items = run.stream(Line.class);
        items.close();
        items.close();
        assertThatThrownBy(() -> items.next(Duration.ofSeconds(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }
}
