package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Steps land on workers whose labels are as they require, over real streams. */
class PlacementDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();

    /** One step after the other, each in its region. */
    private Manifest regions(Duration queueTimeout, String... regions) {
        var steps = new String[regions.length];
        for (int i = 0; i < regions.length; i++) {
            steps[i] = "step-" + i;
        }
        var plain = Workflow.chain(workflow, steps);
        var placed = new ArrayList<>(plain.steps());
        for (int i = 0; i < regions.length; i++) {
            placed.set(
                    i,
                    placed.get(i).toBuilder()
                            .policy(in(placed.get(i).policy(), regions[i], queueTimeout))
                            .build());
        }
        return plain.toBuilder().steps(placed).build();
    }

    private static StepPolicy in(StepPolicy policy, String region, Duration queueTimeout) {
        return new StepPolicy(
                policy.timeout(),
                queueTimeout,
                policy.retries(),
                policy.backoff(),
                policy.delivery(),
                policy.slots(),
                policy.retryOn(),
                policy.noRetryOn(),
                new PlacementSpec(
                        List.of(new LabelRequirement("region", LabelComparator.EQUAL, region)),
                        List.of(),
                        Stickiness.NONE));
    }

    private String start() {
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private TestControlPlane.Answer result(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
    }

    private TestWorker worker(String version, String region) {
        return TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, version).putLabels("region", region).build());
    }

    @Test
    void eachStepLandsOnTheWorkerThatIsAsItRequires() {
        var version = Workflow.register(PLANE, regions(Duration.ofMinutes(1), "eu", "us", "eu"), PLANE.token());
        try (var eu = worker(version, "eu");
                var us = worker(version, "us")) {
            var run = start();
            for (var expected : List.of(eu, us, eu)) {
                var assigned = TestWorker.assignedTo(eu, us);
                assertThat(assigned.worker()).isSameAs(expected);
                expected.succeed(assigned.assignment().getAttempt(), "1");
            }
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
        }
    }

    @Test
    void whatARunRequiresGoesBeforeWhatItsStepsSay() {
        var version = Workflow.register(PLANE, regions(Duration.ofMinutes(1), "eu", "us"), PLANE.token());
        try (var eu = worker(version, "eu");
                var us = worker(version, "us")) {
            var answer = PLANE.ask(
                    "POST",
                    "/api/v1/workflows/" + workflow + "/runs",
                    "{\"input\":{\"cents\":5},\"requires\":{\"region\":\"us\"}}");
            assertThat(answer.status()).as(answer.body()).isEqualTo(201);
            var run = answer.text("runId");
            for (int i = 0; i < 2; i++) {
                var assigned = TestWorker.assignedTo(eu, us);
                assertThat(assigned.worker()).isSameAs(us);
                us.succeed(assigned.assignment().getAttempt(), "1");
            }
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run, "").body()).contains("\"requires\":{\"region\":\"us\"}");
        }
        assertThat(PLANE.ask(
                                "POST",
                                "/api/v1/workflows/" + workflow + "/runs",
                                "{\"input\":{\"cents\":5},\"requires\":{\"region\":\"\"}}")
                        .code())
                .isEqualTo("FIELD_INVALID");
    }

    @Test
    void aStepTakesSlotsOfItsKindOfTheWorkerThatHasSome() {
        var plain = Workflow.chain(workflow, "work");
        var step = plain.steps().get(0);
        var manifest = plain.toBuilder()
                .steps(List.of(step.toBuilder()
                        .policy(step.policy().withSlotKind("gpu"))
                        .build()))
                .build();
        var version = Workflow.register(PLANE, manifest, PLANE.token());
        var hello = TestWorker.hello(workflow, version).putSlotKinds("gpu", 1).build();
        try (var without = worker(version, "eu");
                var with = TestWorker.connect(PLANE, PLANE.token(), hello)) {
            var first = start();
            var second = start();
            var assigned = TestWorker.assignedTo(without, with);
            assertThat(assigned.worker()).isSameAs(with);
            var explained = PLANE.ask("GET", "/api/v1/runs/" + second + "/explain", "")
                            .body()
                    + PLANE.ask("GET", "/api/v1/runs/" + first + "/explain", "").body();
            assertThat(explained).contains("SLOTS_TAKEN").contains("1 slot of kind 'gpu' is free");
            assertThat(PLANE.ask("GET", "/api/v1/workers", "").body())
                    .contains("\"slotKinds\":[{\"kind\":\"gpu\",\"slots\":1,\"taken\":1}]");
            with.succeed(assigned.assignment().getAttempt(), "1");
            var next = TestWorker.assignedTo(without, with);
            assertThat(next.worker()).isSameAs(with);
            with.succeed(next.assignment().getAttempt(), "1");
            assertThat(result(first).text("state")).isEqualTo("SUCCEEDED");
            assertThat(result(second).text("state")).isEqualTo("SUCCEEDED");
        }
    }

    @Test
    void whatNoWorkerIsLikeFailsAtItsQueueTimeoutAndSaysWhy() {
        var version = Workflow.register(PLANE, regions(Duration.ofSeconds(1), "eu"), PLANE.token());
        var us = worker(version, "us");
        var result = result(start());
        us.close();
        assertThat(result.text("state")).isEqualTo("FAILED");
        assertThat(result.body()).contains("NO_COMPATIBLE_WORKER").contains("'region' is");
    }
}
