package dev.millrace.controlplane.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.controlplane.testing.Tenants;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.Amount;
import dev.millrace.protocol.worker.v1.Completion;
import dev.millrace.protocol.worker.v1.Spent;
import dev.millrace.protocol.worker.v1.Success;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Totals of what runs used, over REST, against the real core, projector and row-level security. */
class UsageTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();

    private final String workflow = "u-" + UUID.randomUUID();
    private final String name = "tokens-" + UUID.randomUUID();

    /** A run that uses so much. */
    private String run(long amount, String token) {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), token);
        try (var worker = TestWorker.connect(
                PLANE, token, TestWorker.hello(workflow, version).build())) {
            var run = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}", token)
                    .text("runId");
            worker.acknowledged(worker.complete(Completion.newBuilder()
                    .setAttempt(worker.assignment().getAttempt())
                    .setSuccess(Success.newBuilder())
                    .setSpent(Spent.newBuilder()
                            .addUsed(Amount.newBuilder().setName(name).setAmount(amount)))));
            return run;
        }
    }

    private Answer usage(String query, String token) {
        return PLANE.ask("GET", "/api/v1/usage?" + query, "", token);
    }

    private Answer eventually(String query, String token, String expected) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(usage(query, token).body()).contains(expected));
        return usage(query, token);
    }

    @Test
    void totalsAreToldByNameWorkflowServiceAndHour() {
        run(40, PLANE.token());
        run(2, PLANE.token());

        eventually("name=" + name, PLANE.token(), "\"items\":[{\"name\":\"" + name + "\",\"amount\":42}]");
        eventually(
                "groupBy=WORKFLOW&name=" + name,
                PLANE.token(),
                "{\"name\":\"" + name + "\",\"amount\":42,\"workflow\":\"" + workflow + "\"}");
        eventually(
                "groupBy=SERVICE&name=" + name,
                PLANE.token(),
                "{\"name\":\"" + name + "\",\"amount\":42,\"service\":\"default\"}");
        assertThat(eventually("groupBy=HOUR&workflow=" + workflow, PLANE.token(), "\"hour\":")
                        .body())
                .containsPattern("\"name\":\"" + name + "\",\"amount\":42,\"hour\":\"[^\"]*:00:00Z\"");
    }

    @Test
    void onlyTheHoursThatAreAskedForCount() {
        run(5, PLANE.token());
        eventually("name=" + name, PLANE.token(), "\"amount\":5");
        var hour = Instant.now().truncatedTo(ChronoUnit.HOURS);

        var before = usage(
                "name=" + name + "&from=" + hour.minusSeconds(7_200) + "&to=" + hour.minusSeconds(3_600),
                PLANE.token());
        assertThat(before.body()).contains("\"items\":[]");
        var longAgo = usage("name=" + name + "&to=2020-01-01T00:30:00Z", PLANE.token());
        assertThat(longAgo.body()).contains("\"from\":\"2019-12-31T00:00:00Z\"", "\"to\":\"2020-01-01T01:00:00Z\"");
    }

    @Test
    void aTenantIsToldOfItsOwnRunsOnly() {
        var other = Tenants.create(PLANE, "other-" + UUID.randomUUID());
        run(7, PLANE.token());
        run(90, other.token());

        eventually("name=" + name, PLANE.token(), "\"amount\":7}");
        eventually("name=" + name, other.token(), "\"amount\":90}");
        assertThat(eventually("groupBy=SERVICE", other.token(), "\"amount\":90,")
                        .body())
                .contains("\"isAll\":true")
                .doesNotContain("\"amount\":7,");
    }

    @Test
    void lessIsToldWhereMoreWouldBeTooMuch() {
        run(7, PLANE.token());
        eventually("name=" + name, PLANE.token(), "\"amount\":7");
        new UsageTest().run(9, PLANE.token());
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        usage("groupBy=WORKFLOW&limit=1", PLANE.token()).body().contains("\"isAll\":false"));

        var answer = usage("groupBy=WORKFLOW&limit=1", PLANE.token());
        assertThat(answer.body().split("\"amount\":", -1)).hasSize(2);
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        assertThat(usage("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", PLANE.token())
                        .text("detail"))
                .contains("Parameter from is 2026-01-02T00:00:00Z, which is after 2026-01-01T00:00:00Z");
        assertThat(usage("from=-99999-01-02T00:00:00Z", PLANE.token()).status()).isEqualTo(400);
        assertThat(usage("from=1970-01-01T00:00:00Z", PLANE.token()).code()).isEqualTo("PARAM_INVALID");
        assertThat(usage("groupBy=COLOUR", PLANE.token()).status()).isEqualTo(400);
        assertThat(usage("limit=0", PLANE.token()).status()).isEqualTo(400);
        assertThat(usage("nmae=x", PLANE.token()).code()).isEqualTo("PARAM_UNKNOWN");
    }

    @Test
    void theMetricCountsByName() {
        run(11, PLANE.token());
        eventually("name=" + name, PLANE.token(), "\"amount\":11");
        // The names of other tests may fill the room for names; then it is counted without one.
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(PLANE.ask("GET", "/metrics", "", TestControlPlane.METRICS_TOKEN)
                                .body())
                        .containsPattern("millrace_usage_total\\{name=\"(" + name + ")?\"} "));
    }
}
