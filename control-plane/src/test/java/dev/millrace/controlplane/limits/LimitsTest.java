package dev.millrace.controlplane.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.Sharing;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people set at run time, over REST and with a worker. */
class LimitsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();

    private static TestControlPlane.Answer ask(String method, String path, String body) {
        return PLANE.ask(method, "/api/v1/" + path, body);
    }

    private String start() {
        var answer = ask("POST", "workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private TestWorker worker(String version) {
        return TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, version).setSlots(9).build());
    }

    /** One run at a time, by a limit without a name of its own. */
    private String oneAtATime() {
        return Workflow.register(
                PLANE,
                Workflow.chain(workflow, "only").toBuilder()
                        .sharing(new Sharing(
                                List.of(new ConcurrencySpec("", "", 1, ConcurrencyStrategy.QUEUE)), Optional.empty()))
                        .build(),
                PLANE.token());
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    @Test
    void aLimitThatIsRaisedLetsThoseGoOnThatWaitAndIsListedAndReset() {
        var name = workflow + "#1";
        try (var worker = worker(oneAtATime())) {
            start();
            var first = worker.assignment().getAttempt();
            start();
            assertThat(ask("GET", "limits", "").body())
                    .contains("\"name\":\"" + name + "\",\"keys\":[{\"taken\":1,\"waiting\":1}],"
                            + "\"declared\":{\"limit\":1},\"effective\":{\"limit\":1}");
            var set = ask("PUT", "limits", "{\"kind\":\"CONCURRENCY\",\"name\":\"" + name + "\",\"limit\":2}");
            assertThat(set.status()).as(set.body()).isEqualTo(204);
            var second = worker.assignment().getAttempt();
            assertThat(ask("GET", "limits", "").body())
                    .contains("\"name\":\"" + name + "\",\"keys\":[{\"taken\":2,\"waiting\":0}],"
                            + "\"declared\":{\"limit\":1},\"effective\":{\"limit\":2}");
            assertThat(ask("DELETE", "limits/concurrency/" + encoded(name), "").status())
                    .isEqualTo(204);
            assertThat(ask("DELETE", "limits/concurrency/" + encoded(name), "").code())
                    .isEqualTo("LIMIT_NOT_FOUND");
            worker.succeed(first, "1");
            worker.succeed(second, "1");
        }
    }

    @Test
    void aRateLimitIsSetBeforeAManifestNamesIt() {
        var name = "l-" + UUID.randomUUID();
        var set = ask(
                "PUT",
                "limits",
                "{\"kind\":\"RATE\",\"name\":\"" + name + "\",\"limit\":5,\"per\":\"1m\",\"burst\":2}");
        assertThat(set.status()).as(set.body()).isEqualTo(204);
        assertThat(ask("GET", "limits", "").body())
                .contains(
                        "\"name\":\"" + name + "\",\"keys\":[],\"effective\":{\"limit\":5,\"per\":\"1m\",\"burst\":2}");
        assertThat(ask("DELETE", "limits/rate/" + name, "").status()).isEqualTo(204);
    }

    @Test
    void aBurstBelowWhatAStepAlwaysTakesIsRefusedAndOneThatHasRoomIsNot() {
        var name = "l-" + UUID.randomUUID();
        var plain = Workflow.chain(workflow, "only");
        Workflow.register(
                PLANE,
                plain.toBuilder()
                        .rateLimits(List.of(new RateLimitSpec(name, 10, Duration.ofSeconds(1), 10)))
                        .steps(List.of(plain.steps().get(0).toBuilder()
                                .rateLimits(List.of(new RateLimitUse(name, 5)))
                                .build()))
                        .build(),
                PLANE.token());
        var rate = "{\"kind\":\"RATE\",\"name\":\"" + name + "\",\"limit\":9,\"per\":\"1s\",\"burst\":";
        var refused = ask("PUT", "limits", rate + "4}");
        assertThat(refused.status()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body())
                .contains(
                        "Step 'only' of workflow '" + workflow + "' takes 5 tokens of '" + name + "' at once",
                        "burst of at least 5",
                        "$.burst");
        assertThat(ask("PUT", "limits", rate + "5}").status()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"kind\":\"CONCURRENCY\",\"name\":\"a\",\"limit\":0}                | 0",
                "{\"kind\":\"CONCURRENCY\",\"name\":\"a\",\"limit\":-1}               | -1",
                "{\"kind\":\"CONCURRENCY\",\"name\":\"a\",\"limit\":3000000000}       | 3000000000",
                "{\"kind\":\"CONCURRENCY\",\"name\":\"a\",\"limit\":1,\"per\":\"1s\"} | belong to rate limits",
                "{\"kind\":\"CONCURRENCY\",\"name\":\"\",\"limit\":1}                 | name",
                "{\"kind\":\"CONCURRENCY\",\"name\":\"a\"}                            | limit",
                "{\"kind\":\"SPEED\",\"name\":\"a\",\"limit\":1}                      | CONCURRENCY, RATE",
                "{\"kind\":\"RATE\",\"name\":\"a\",\"limit\":1}                       | $.per is missing",
                "{\"kind\":\"RATE\",\"name\":\"a\",\"limit\":1,\"per\":\"0s\"}        | 0s",
                "{\"kind\":\"RATE\",\"name\":\"a\",\"limit\":1,\"per\":\"soon\"}      | soon",
                "{\"kind\":\"RATE\",\"name\":\"a\",\"limit\":1,\"per\":\"1s\",\"burst\":0} | burst",
                "{\"kind\":\"RATE\",\"name\":\"a\",\"limit\":2000000000,\"per\":\"1s\"}    | 2000000000",
                "{\"kind\":\"RATE\",\"name\":\"a\",\"limit\":1,\"per\":\"1s\",\"brst\":1}  | brst"
            })
    void aLimitThatMakesNoSenseIsRefusedWithTheReason(String body, String says) {
        var answer = ask("PUT", "limits", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(says);
    }

    @Test
    void aPausedWorkflowTakesRunsInAndBeginsNoneUntilItIsResumed() {
        try (var worker = worker(Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token()))) {
            assertThat(ask("POST", "workflows/" + workflow + "/pause", "").body())
                    .contains("\"paused\":true");
            assertThat(ask("POST", "workflows/" + workflow + "/pause", "").status())
                    .isEqualTo(200);
            var run = start();
            assertThat(ask("GET", "runs/" + run + "/explain", "").body())
                    .contains("\"gate\":\"PAUSED\"", "Workflow '" + workflow + "' has been paused since ", "is resumed")
                    .contains("\"by\":\"token ", " of service default");
            assertThat(ask("GET", "workflows/" + workflow + "/explain", "").body())
                    .contains("\"pausedSince\":", "\"pausedBy\":\"token ", "1 task of it waits.");
            assertThat(ask("POST", "workflows/" + workflow + "/resume", "").body())
                    .contains("\"paused\":false");
            worker.succeed(worker.assignment().getAttempt(), "1");
            assertThat(ask("GET", "runs/" + run + "/result?waitSeconds=20", "").text("state"))
                    .isEqualTo("SUCCEEDED");
        }
        assertThat(ask("POST", "workflows/none-" + UUID.randomUUID() + "/pause", "")
                        .code())
                .isEqualTo("WORKFLOW_NOT_FOUND");
    }

    @Test
    void aPausedWorkerGetsNoMoreAttemptsUntilItIsResumed() {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var hello = TestWorker.hello(workflow, version).setSlots(9).build();
        var bytes = hello.getWorkerId().asReadOnlyByteBuffer();
        var id = new UUID(bytes.getLong(), bytes.getLong());
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello)) {
            start();
            var first = worker.assignment().getAttempt();
            assertThat(ask("GET", "workers", "").body())
                    .contains("\"workerId\":\"" + id + "\"", "\"workflow\":\"" + workflow + "\"");
            var paused = ask("POST", "workers/" + id + "/pause", "");
            assertThat(paused.text("state")).as(paused.body()).isEqualTo("PAUSED");
            assertThat(paused.body()).contains("\"slotsTaken\":1");
            var waits = start();
            assertThat(ask("GET", "runs/" + waits + "/explain", "").body()).contains("\"state\":\"QUEUED\"");
            worker.succeed(first, "1");
            assertThat(ask("POST", "workers/" + id + "/resume", "").text("state"))
                    .isEqualTo("CONNECTED");
            worker.succeed(worker.assignment().getAttempt(), "1");
            assertThat(ask("GET", "runs/" + waits + "/result?waitSeconds=20", "")
                            .text("state"))
                    .isEqualTo("SUCCEEDED");
        }
        assertThat(ask("POST", "workers/" + UUID.randomUUID() + "/pause", "").code())
                .isEqualTo("WORKER_NOT_FOUND");
    }

    @Test
    void aDrainedWorkerIsToldToLeaveAndGetsNothingMore() {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var hello = TestWorker.hello(workflow, version).setSlots(9).build();
        var bytes = hello.getWorkerId().asReadOnlyByteBuffer();
        var id = new UUID(bytes.getLong(), bytes.getLong());
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello)) {
            start();
            var first = worker.assignment().getAttempt();
            var drained = ask("POST", "workers/" + id + "/drain", "");
            assertThat(drained.text("state")).as(drained.body()).isEqualTo("DRAINING");
            worker.await(frame -> frame.getLeave());
            var waits = start();
            assertThat(ask("GET", "runs/" + waits + "/explain", "").body()).contains("\"state\":\"QUEUED\"");
            worker.succeed(first, "1");
        }
        assertThat(ask("POST", "workers/" + UUID.randomUUID() + "/drain", "").code())
                .isEqualTo("WORKER_NOT_FOUND");
    }

    private TestControlPlane.Answer register(String name, String limit, int most) {
        return ask(
                "POST",
                "workflows",
                ManifestJson.write(Workflow.chain(name, "only").toBuilder()
                        .sharing(new Sharing(
                                List.of(new ConcurrencySpec(limit, "", most, ConcurrencyStrategy.QUEUE)),
                                Optional.empty()))
                        .build()));
    }

    private TestControlPlane.Answer register(String name, String limit, int most, String description) {
        return ask(
                "POST",
                "workflows",
                ManifestJson.write(Workflow.chain(name, "only").toBuilder()
                        .tags(description.isEmpty() ? List.of() : List.of(description.replace(" ", "-")))
                        .sharing(new Sharing(
                                List.of(new ConcurrencySpec(limit, "", most, ConcurrencyStrategy.QUEUE)),
                                Optional.empty()))
                        .build()));
    }

    @Test
    void whoeverSaidWhatHoldsMayChangeASharedLimitAndTheOthersAreToldToFollow() {
        var limit = "l-" + UUID.randomUUID();
        var other = workflow + "-2";
        assertThat(register(workflow, limit, 3, "").status()).isEqualTo(201);
        assertThat(register(other, limit, 3, "").status()).isEqualTo(201);
        assertThat(register(workflow, limit, 5, "").status())
                .as("changed by a new version of one that said what held")
                .isEqualTo(201);
        assertThat(ask("GET", "limits", "").body())
                .contains("\"name\":\"" + limit + "\"")
                .contains("5");
        assertThat(register(other, limit, 3, "").status())
                .as("what is registered already may start again")
                .isLessThan(300);
        var stale = register(other, limit, 3, "anew");
        assertThat(stale.code()).isEqualTo("LIMIT_CONFLICT");
        assertThat(stale.body()).contains("3 at once", "5 at once", "workflow '" + workflow + "'", "say the same");
        assertThat(register(other, limit, 7, "guessed").code()).isEqualTo("LIMIT_CONFLICT");
        assertThat(register(other, limit, 5, "follows").status()).isEqualTo(201);
        assertThat(register(other, limit, 7, "and changes").status()).isEqualTo(201);
        assertThat(register(workflow, limit, 5, "is behind now").code()).isEqualTo("LIMIT_CONFLICT");
    }

    @Test
    void workflowsThatSayDifferentThingsOfOneLimitAreRefusedUnlessItIsSetAtRunTime() {
        var limit = "l-" + UUID.randomUUID();
        assertThat(register(workflow, limit, 2).status()).isEqualTo(201);
        assertThat(register(workflow, limit, 3).status())
                .as("its own limit may change")
                .isEqualTo(201);
        assertThat(register(workflow + "-2", limit, 3).status()).isEqualTo(201);
        var refused = register(workflow + "-3", limit, 4);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("LIMIT_CONFLICT");
        assertThat(refused.body()).contains(limit, "4 at once", "3 at once", workflow);
        ask("PUT", "limits", "{\"kind\":\"CONCURRENCY\",\"name\":\"" + limit + "\",\"limit\":9}");
        assertThat(register(workflow + "-3", limit, 4).status()).isEqualTo(201);
    }
}
