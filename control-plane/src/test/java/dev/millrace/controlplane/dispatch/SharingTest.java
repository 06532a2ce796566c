package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.FairSpec;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.Sharing;
import dev.millrace.protocol.worker.v1.Assignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What workflows and steps share, by keys that are evaluated at the door, over the real doors. */
class SharingTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();
    private final String limit = "l-" + UUID.randomUUID();

    private String register(Sharing ofWorkflow, Sharing ofStep, RateLimitUse... uses) {
        var plain = Workflow.chain(workflow, "only");
        var manifest = plain.toBuilder()
                .input(new Input("Order", JsonValue.TRUE))
                .sharing(ofWorkflow)
                .rateLimits(uses.length == 0 ? List.of() : List.of(new RateLimitSpec(limit, 2, Duration.ofHours(1), 2)))
                .steps(List.of(plain.steps().get(0).toBuilder()
                        .sharing(ofStep)
                        .rateLimits(List.of(uses))
                        .build()))
                .build();
        return register(manifest);
    }

    private static String register(Manifest manifest) {
        return Workflow.register(PLANE, manifest, PLANE.token());
    }

    private TestWorker worker(String version, int slots) {
        return TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, version).setSlots(slots).build());
    }

    private Sharing concurrency(String key, int most) {
        return new Sharing(List.of(new ConcurrencySpec(limit, key, most, ConcurrencyStrategy.QUEUE)), Optional.empty());
    }

    private String start(String input) {
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":" + input + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private static TestControlPlane.Answer result(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
    }

    private static String explain(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/explain", "").body();
    }

    private static void assertHeld(String run, String gate, String key) {
        assertThat(explain(run)).contains("\"gate\":\"" + gate + "\"", "\"key\":\"" + key + "\"");
    }

    private static UUID run(Assignment assignment) {
        var bytes = assignment.getAttempt().getRunId().asReadOnlyByteBuffer();
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Test
    void runsOfOneKeyGoOnOneAfterTheOtherAndThoseOfAnotherBesideThem() {
        var version = register(concurrency("input.customer", 1), Sharing.NONE);
        try (var worker = worker(version, 9)) {
            var first = start("{\"customer\":\"a\"}");
            var ofFirst = worker.assignment();
            assertThat(run(ofFirst)).hasToString(first);
            var second = start("{\"customer\":\"a\"}");
            var other = start("{\"customer\":\"b\"}");
            var ofOther = worker.assignment();
            assertThat(run(ofOther)).hasToString(other);
            assertHeld(second, "RUN_CONCURRENCY", "a");
            worker.succeed(ofFirst.getAttempt(), "1");
            var ofSecond = worker.assignment();
            assertThat(run(ofSecond)).hasToString(second);
            worker.succeed(ofSecond.getAttempt(), "1");
            worker.succeed(ofOther.getAttempt(), "1");
            assertThat(result(second).text("state")).isEqualTo("SUCCEEDED");
        }
    }

    @Test
    void attemptsOfOneKeyGoOnOneAfterTheOther() {
        var version = register(Sharing.NONE, concurrency("input.customer", 1));
        try (var worker = worker(version, 9)) {
            start("{\"customer\":\"a\"}");
            var first = worker.assignment();
            var second = start("{\"customer\":\"a\"}");
            assertHeld(second, "CONCURRENCY", "a");
            worker.succeed(first.getAttempt(), "1");
            assertThat(run(worker.assignment())).hasToString(second);
        }
    }

    @Test
    void eachKeyOfARateLimitHasABucketOfItsOwnAndCostsAreTakenFromIt() {
        var version = register(Sharing.NONE, Sharing.NONE, new RateLimitUse(limit, "input.region", 1, "input.tokens"));
        try (var worker = worker(version, 9)) {
            start("{\"region\":\"eu\",\"tokens\":2}");
            worker.assignment();
            var waits = start("{\"region\":\"eu\",\"tokens\":1}");
            assertHeld(waits, "NO_TOKENS", "eu");
            var other = start("{\"region\":\"us\",\"tokens\":1}");
            assertThat(run(worker.assignment())).hasToString(other);
        }
    }

    @Test
    void groupsTakeTurnsHoweverManyTasksOneOfThemHas() {
        var fair = new Sharing(List.of(), Optional.of(new FairSpec("input.customer", "1")));
        var version = register(fair, Sharing.NONE);
        for (int i = 0; i < 6; i++) {
            start("{\"customer\":\"many\"}");
        }
        var lone = start("{\"customer\":\"lone\"}");
        var order = new ArrayList<String>();
        try (var worker = worker(version, 1)) {
            for (int i = 0; i < 3; i++) {
                var assignment = worker.assignment();
                order.add(run(assignment).toString());
                worker.succeed(assignment.getAttempt(), "1");
            }
        }
        assertThat(order).contains(lone);
    }

    @Test
    void aKeyThatHasNoValueFailsTheRunAndNeverSharesAGroup() {
        register(concurrency("input.customer", 1), Sharing.NONE);
        var answer = result(start("{\"other\":1}"));
        assertThat(answer.text("state")).isEqualTo("FAILED");
        assertThat(answer.body()).contains("\"code\":\"KEY_EXPRESSION_ERROR\"", "input.customer");
    }

    @Test
    void aCostThatNoBucketHoldsFailsTheStepWithThatSentence() {
        register(Sharing.NONE, Sharing.NONE, new RateLimitUse(limit, "", 1, "input.tokens"));
        var answer = result(start("{\"tokens\":3}"));
        assertThat(answer.text("state")).isEqualTo("FAILED");
        assertThat(answer.body()).contains("\"code\":\"COST_ABOVE_BURST\"", "could never run");
    }

    @Test
    void aWeightOrACostThatNobodyCouldHaveIsRefusedAtRegistration() {
        var weightless = new Sharing(List.of(), Optional.of(new FairSpec("input.customer", "0")));
        assertThat(refused(weightless, List.of())).contains("EXPRESSION", "above 0");
        assertThat(refused(Sharing.NONE, List.of(new RateLimitUse(limit, "", 1, "1 - 1"))))
                .contains("EXPRESSION", "at least 1");
        assertThat(refused(Sharing.NONE, List.of(new RateLimitUse(limit, 3))))
                .contains("RATE_LIMIT", "would wait for ever");
    }

    private String refused(Sharing sharing, List<RateLimitUse> uses) {
        var plain = Workflow.chain(workflow, "only");
        var manifest = plain.toBuilder()
                .input(new Input("Order", JsonValue.TRUE))
                .rateLimits(List.of(new RateLimitSpec(limit, 2, Duration.ofHours(1), 2)))
                .sharing(sharing)
                .steps(List.of(plain.steps().get(0).toBuilder().rateLimits(uses).build()))
                .build();
        var answer = PLANE.ask("POST", "/api/v1/workflows", ManifestJson.write(manifest));
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("MANIFEST_INVALID");
        return answer.body();
    }
}
