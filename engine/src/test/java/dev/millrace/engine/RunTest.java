package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.Values;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class RunTest {
    private final EngineHarness engine = new EngineHarness();

    @Test
    void aRunOfOneStepSucceeds() {
        var version = engine.define(oneStep("orders"));
        engine.worker(1, version);
        var image = engine.run(engine.start(version, "{\"n\":1}"));
        assertThat(image.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(image.tasks()).singleElement().satisfies(task -> {
            assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(Values.json(task.result())).isEqualTo("\"work\"");
        });
        assertThat(image.history())
                .extracting(step -> step.node() + " " + step.attempt() + " " + step.state())
                .containsExactly(
                        "-1 0 QUEUED",
                        "0 0 QUEUED",
                        "-1 0 RUNNING",
                        "0 1 OFFERED",
                        "0 1 SUCCEEDED",
                        "0 0 SUCCEEDED",
                        "-1 0 SUCCEEDED");
    }

    @Test
    void aStepWaitsUntilEveryParentSucceeded() {
        var version = engine.define(workflow("diamond")
                .step("top")
                .step("left", "top")
                .step("right", "top")
                .step("bottom", "left", "right")
                .build());
        var order = new ArrayList<String>();
        var worker = engine.worker(4, version);
        for (var step : new String[] {"top", "left", "right", "bottom"}) {
            worker.on(step, assignment -> {
                order.add(step);
                return value("\"" + step + "-" + order.size() + "\"");
            });
        }
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(order).containsExactly("top", "left", "right", "bottom");
        assertThat(worker.assigned().get(3).arguments())
                .extracting(Values::json)
                .containsExactly("\"left-2\"", "\"right-3\"");
    }

    @Test
    void anEndedRunIsReadableUntilItIsProjectedAndAfterwardsFromItsImage() {
        var version = engine.define(oneStep("orders"));
        engine.worker(1, version);
        var run = engine.start(version);
        assertThat(engine.shard().residentRuns()).isEqualTo(1);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.shard().residentRuns()).isZero();
    }
}
