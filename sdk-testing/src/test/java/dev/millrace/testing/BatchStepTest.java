package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import dev.millrace.testing.Scores.Text;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@MillraceTest
class BatchStepTest {
    private final Scores scores = new Scores();

    @Test
    void tasksOfSeveralRunsShareACallAndEachHasItsOwnResult(TestMillrace millrace) {
        millrace.worker(scores);
        var runs = List.of("a", "bb", "ccc").stream()
                .map(words -> millrace.start(Scores.class, new Text("en", words)))
                .toList();
        assertThat(scores.calls).containsExactly(List.of("a", "bb", "ccc"));
        assertThat(runs.get(2).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(runs.get(2).result(String.class)).isEqualTo("3 points");
    }

    @Test
    void aTaskGoesAloneWhenNoOtherCameInTime(TestMillrace millrace) {
        millrace.worker(scores);
        var run = millrace.start(Scores.class, new Text("en", "a"));
        millrace.advance(Duration.ofMillis(1_999));
        assertThat(run.stateOf("score")).isEqualTo(TaskState.QUEUED);
        millrace.advance(Duration.ofMillis(1));
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void tasksOfAnotherKeyAreNotWaitedFor(TestMillrace millrace) {
        millrace.worker(scores);
        millrace.start(Scores.class, new Text("en", "a"));
        millrace.start(Scores.class, new Text("de", "b"));
        millrace.start(Scores.class, new Text("en", "c"));
        assertThat(scores.calls).isEmpty();
        millrace.advance(Duration.ofSeconds(2));
        assertThat(scores.calls).containsExactlyInAnyOrder(List.of("a", "c"), List.of("b"));
    }

    @Test
    void oneOfACallMayFailAlone(TestMillrace millrace) {
        millrace.worker(scores);
        var good = millrace.start(Scores.class, new Text("en", "a"));
        var bad = millrace.start(Scores.class, new Text("en", ""));
        millrace.advance(Duration.ofSeconds(2));
        assertThat(good.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(bad.state()).isEqualTo(RunState.FAILED);
        assertThat(bad.failure())
                .hasValueSatisfying(failure -> assertThat(failure.message()).contains("nothing to score"));
    }

    @Test
    void whereverAWorkerDiesEveryTaskIsServedOnce(TestMillrace millrace) {
        var lost = millrace.worker(scores);
        var run = millrace.start(Scores.class, new Text("en", "a"));
        lost.kill();
        millrace.worker(new Scores());
        millrace.advance(Duration.ofSeconds(20));
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
    }
}
