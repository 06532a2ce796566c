package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import dev.millrace.testing.Render.Scene;
import org.junit.jupiter.api.Test;

/** Labels of the workers of a test. */
@MillraceTest
class LabelsTest {
    private final Render here = new Render();
    private final Render there = new Render();

    @Test
    void aStepGoesToTheWorkerWhoseLabelIsAsItRequires(TestMillrace millrace) {
        millrace.worker(there).label("region", "us");
        var run = millrace.start(Render.class, new Scene("sunset"));
        assertThat(run.stateOf("draw")).isEqualTo(TaskState.QUEUED);
        millrace.worker(here).label("region", "eu");
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(here.drawn).containsExactly("sunset");
        assertThat(there.drawn).isEmpty();
    }

    @Test
    void aStepTakesSlotsOfItsKindAndOfNoOther(TestMillrace millrace) {
        var polish = new Polish();
        millrace.worker(polish).slots("lathe", 1);
        var first = millrace.start(Polish.class, new Scene("cup"));
        var second = millrace.start(Polish.class, new Scene("bowl"));
        assertThat(first.stateOf("polish")).as("it takes two").isEqualTo(TaskState.QUEUED);
        millrace.worker(new Polish());
        assertThat(first.stateOf("polish"))
                .as("a worker of a test has slots of every kind")
                .isEqualTo(TaskState.SUCCEEDED);
        assertThat(second.stateOf("polish")).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void whatARunRequiresGoesBeforeWhatItsStepSays(TestMillrace millrace) {
        millrace.worker(here).label("region", "eu");
        var run = millrace.start(Render.class, new Scene("dawn"), options -> options.requires("region", "us"));
        assertThat(run.stateOf("draw")).isEqualTo(TaskState.QUEUED);
        millrace.worker(there).label("region", "us");
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(there.drawn).containsExactly("dawn");
    }
}
