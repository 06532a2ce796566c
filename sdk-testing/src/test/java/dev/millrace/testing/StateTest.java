package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Tour.Plan;
import dev.millrace.testing.Tour.Progress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What durable code shows of itself, as a user tests it. */
class StateTest {
    private static final Plan PLAN = new Plan(List.of("rome", "oslo", "bonn"));

    private final TestMillrace millrace = TestMillrace.create();

    @Test
    void theNewestIsShownWhileTheStepWaitsAndAfterItsEnd() {
        millrace.worker(new Tour());
        var run = millrace.start(Tour.class, PLAN);
        assertThat(run.state(Progress.class)).contains(new Progress(0, "rome"));
        millrace.advance(Duration.ofDays(1));
        assertThat(run.state(Progress.class)).contains(new Progress(1, "oslo"));
        millrace.crash();
        assertThat(run.state(Progress.class)).contains(new Progress(1, "oslo"));
        millrace.advance(Duration.ofDays(2));
        assertThat(run.result(String.class)).isEqualTo("ROME OSLO BONN");
        assertThat(run.state(Progress.class)).contains(new Progress(2, "bonn"));
    }

    @Test
    void nothingIsShownBeforeTheStepDoes() {
        millrace.worker(new Tour()).kill();
        assertThat(millrace.start(Tour.class, PLAN).state(Progress.class)).isEmpty();
    }

    @Test
    void whatIsTooLargeFailsTheStepAndSaysSo() {
        millrace.worker(new Tour());
        var run = millrace.run(Tour.class, new Plan(List.of("x".repeat(70_000))));
        MillraceAssertions.assertThat(run).failed().at("travel");
        assertThat(run.failure().orElseThrow().message()).contains("65536").contains("Show how far it is");
    }

    @Test
    void whereverTheWorkerDiesTheNewestIsShown() {
        int places = TestMillrace.crashEverywhere(other -> {
            other.worker(new Tour());
            var run = other.start(Tour.class, PLAN);
            other.advance(Duration.ofDays(30));
            assertThat(run.state(Progress.class)).contains(new Progress(2, "bonn"));
            return run;
        });
        assertThat(places).isGreaterThan(4);
    }
}
