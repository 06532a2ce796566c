package dev.millrace.engine.scheduling;

import static dev.millrace.engine.scheduling.Stage.NOON;
import static dev.millrace.engine.scheduling.Stage.SINCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.ShardSettings.Residence;
import dev.millrace.engine.scheduling.Kind.Gather;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks wait for others to share a call with only as long as others can come. */
class GatheringTest {
    private static final Gather FIVE = new Gather("v", "embed", "", 5, 2_000_000);

    private static Residence room(int readyTasks) {
        return new Residence(readyTasks, 1, 1, Duration.ZERO, 1_000);
    }

    /** All that go in the next call. */
    private static List<Integer> call(Stage stage) {
        var together = new ArrayList<Integer>();
        var first = stage.scheduler.next(NOON);
        for (var next = first; next != null; next = stage.scheduler.beside(first, NOON)) {
            together.add(((Stage.Item) next.task()).number);
            stage.scheduler.offered(next.task(), NOON);
        }
        if (first != null) {
            stage.scheduler.gathered(first);
        }
        return together;
    }

    private static Gate gate(Stage stage, Ready task) {
        return stage.scheduler.holds(task, SINCE, NOON).stream()
                .map(Hold::gate)
                .findFirst()
                .orElseThrow();
    }

    /** The youngest comes first, so that the window has no end until there are too many. */
    @Test
    void whenThereIsNoRoomForMoreThoseThatAreThereGo() {
        var stage = new Stage(room(1));
        stage.join(1, stage.shape);
        var lane = stage.alike().gather(FIVE).lane();
        var first = stage.queue(lane, 3, NOON);
        assertThat(stage.scheduler.next(NOON)).isNull();
        stage.queue(lane, 1, NOON);
        assertThat(stage.scheduler.next(NOON)).isNull();
        assertThat(gate(stage, first)).isEqualTo(Gate.BATCH);
        stage.queue(lane, 2, NOON);
        assertThat(call(stage)).containsExactly(1, 2, 3);
    }

    @Test
    void whenThereIsSuddenlyLessRoomThoseThatAreThereGo() {
        var stage = new Stage(room(100));
        stage.join(1, stage.shape);
        var lane = stage.alike().gather(FIVE).lane();
        for (int number = 1; number <= 3; number++) {
            stage.queue(lane, number, NOON);
        }
        assertThat(stage.scheduler.next(NOON)).isNull();
        stage.windows.heed(1_000_000, true);
        assertThat(call(stage)).containsExactly(1, 2, 3);
    }
}
