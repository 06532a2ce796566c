package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.Tenants;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.protocol.worker.v1.Argument;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.Completion;
import dev.millrace.protocol.worker.v1.Extension;
import dev.millrace.protocol.worker.v1.Failure;
import dev.millrace.protocol.worker.v1.ServerFrame;
import dev.millrace.protocol.worker.v1.Success;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import io.grpc.Status;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Workers over real streams, against the real core. Long because one control plane and one way to speak serve every case. */
class WorkerDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();

    private String register(String... steps) {
        return Workflow.register(PLANE, Workflow.chain(workflow, steps), PLANE.token());
    }

    private String start(String input) {
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":" + input + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private TestControlPlane.Answer result(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
    }

    @Test
    void aWorkerRunsTheStepsOfARunOneAfterTheOther() {
        var version = register("first", "second");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5}");
            var first = worker.assignment();
            assertThat(first.getAttempt().getStep()).isEqualTo("first");
            assertThat(first.getWorkflow()).isEqualTo(workflow);
            assertThat(first.getVersion()).isEqualTo(version);
            assertThat(first.getArguments(0).getState()).isEqualTo(Argument.State.VALUE);
            assertThat(first.getArguments(0).getValue().toStringUtf8()).isEqualTo("{\"cents\":5}");
            worker.accept(first.getAttempt());
            worker.succeed(first.getAttempt(), "[1, 2.50]");

            var second = worker.assignment();
            assertThat(second.getAttempt().getStep()).isEqualTo("second");
            assertThat(second.getArguments(0).getValue().toStringUtf8()).isEqualTo("[1, 2.50]");
            var last = worker.succeed(second.getAttempt(), "{\"ok\":true}");
            assertThat(worker.acknowledged(last).getAck().getRefusedList()).isEmpty();

            var result = result(run);
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.text("state")).isEqualTo("SUCCEEDED");
            assertThat(result.body()).contains("\"result\":{\"ok\":true}");
        }
    }

    @Test
    void aStepRunsOnlyIfItsConditionHolds() {
        var version = Workflow.register(PLANE, Workflow.conditional(workflow, "given.ok == true"), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var holds = start("{\"cents\":1}");
            worker.succeed(worker.assignment().getAttempt(), "{\"ok\":true}");
            var second = worker.assignment();
            assertThat(second.getAttempt().getStep()).isEqualTo("second");
            worker.succeed(second.getAttempt(), "2");
            assertThat(result(holds).body()).contains("\"SUCCEEDED\"", "\"result\":2");

            var holdsNot = start("{\"cents\":2}");
            worker.succeed(worker.assignment().getAttempt(), "{\"ok\":false}");
            assertThat(result(holdsNot).text("state")).isEqualTo("SUCCEEDED");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + holdsNot, "").body())
                    .contains("{\"step\":\"second\",\"kind\":\"STEP\",\"state\":\"SKIPPED\"");

            var unknown = start("{\"cents\":3}");
            worker.succeed(worker.assignment().getAttempt(), "{}");
            var failed = result(unknown);
            assertThat(failed.text("state")).isEqualTo("FAILED");
            assertThat(failed.body()).contains("\"code\":\"CONDITION_FAILED\"");
        }
    }

    @Test
    void largeValuesTravelUnchangedInBothDirections() {
        var version = register("first", "second");
        var note = "é".repeat(300_000);
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5,\"note\":\"" + note + "\"}");
            var first = worker.assignment();
            assertThat(first.getArguments(0).getValue().toStringUtf8())
                    .isEqualTo("{\"cents\":5,\"note\":\"" + note + "\"}");
            worker.succeed(first.getAttempt(), "\"" + note + "\"");
            var second = worker.assignment();
            assertThat(second.getArguments(0).getValue().toStringUtf8()).isEqualTo("\"" + note + "\"");
            worker.succeed(second.getAttempt(), "[\"" + note + "\"]");
            assertThat(result(run).body()).contains("\"result\":[\"" + note + "\"]");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run, "").body())
                    .contains("\"output\":\"" + note + "\"", "\"input\":{\"cents\":5,\"note\":\"" + note);
        }
    }

    @Test
    void aResultThatCannotBeStoredFailsTheStepWithoutARetry() {
        var version = register("only");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            for (var bad : new String[] {
                "{\"a\":1,\"a\":2}",
                "{\"a\":\"\\u0000\"}",
                "1e999999",
                "not json",
                "{} {}",
                "\"" + "x".repeat(1 << 20) + "\""
            }) {
                var run = start("{\"cents\":5}");
                worker.succeed(worker.assignment().getAttempt(), bad);
                var result = result(run);
                assertThat(result.text("state")).isEqualTo("FAILED");
                assertThat(result.body()).contains("\"code\":\"OUTPUT_INVALID\"");
            }
        }
    }

    private static final OutputSpec RECEIPT = new OutputSpec(OutputSpec.Kind.VALUE, "Receipt", Json.read("""
            {"type":"object","required":["lines"],"properties":{"lines":{"type":"array","items":{
              "type":"object","required":["cents"],"properties":{"cents":{"type":"integer","minimum":0}}}}}}"""));

    private String registerReturning(OutputSpec output) {
        return Workflow.register(PLANE, Workflow.returning(workflow, output), PLANE.token());
    }

    private void assertMismatch(String run, String what) {
        var result = result(run);
        assertThat(result.text("state")).isEqualTo("FAILED");
        assertThat(result.body())
                .contains("\"code\":\"RESULT_SCHEMA_MISMATCH\"", "The result of step only", workflow + ": " + what);
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + run, "").body())
                .as("it is not tried again")
                .doesNotContain("\"number\":2");
    }

    @Test
    void aResultThatIsNotWhatTheManifestSaysFailsTheStepWithoutARetry() {
        var version = registerReturning(RECEIPT);
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5}");
            worker.succeed(worker.assignment().getAttempt(), "{\"lines\":[{\"cents\":1},{\"cents\":-2}]}");
            assertMismatch(run, "$.lines[1].cents must be at least 0, but is -2.");

            run = start("{\"cents\":5}");
            worker.succeed(worker.assignment().getAttempt(), "{}");
            assertMismatch(run, "$.lines required.");

            run = start("{\"cents\":5}");
            worker.succeed(worker.assignment().getAttempt(), "");
            assertMismatch(run, "$ is missing, but the step returns a value.");

            run = start("{\"cents\":5}");
            worker.succeed(worker.assignment().getAttempt(), "{\"lines\":[{\"cents\":1}]}");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
        }
    }

    @Test
    void aVoidStepReturnsNothingAndAnOptionalOneMay() {
        var version = registerReturning(OutputSpec.VOID);
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5}");
            worker.succeed(worker.assignment().getAttempt(), "[1]");
            assertMismatch(run, "$ has 3 bytes, but the step returns nothing.");
            run = start("{\"cents\":5}");
            worker.succeed(worker.assignment().getAttempt(), "");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
        }
        version = registerReturning(new OutputSpec(OutputSpec.Kind.OPTIONAL, "Receipt", RECEIPT.schema()));
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5}");
            worker.succeed(worker.assignment().getAttempt(), "");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
            run = start("{\"cents\":5}");
            worker.succeed(worker.assignment().getAttempt(), "null");
            assertMismatch(run, "$ must be");
        }
    }

    @Test
    void aResultIsHeldAgainstTheManifestAfterAReconnectToo() {
        var version = registerReturning(RECEIPT);
        var hello = TestWorker.hello(workflow, version);
        var run = "";
        AttemptRef attempt;
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello.build())) {
            run = start("{\"cents\":5}");
            attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
        }
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), hello.addRunning(attempt).build())) {
            worker.succeed(attempt, "7");
            assertMismatch(run, "$ must be");
        }
    }

    @Test
    void aStepWithoutAValueIsEmptyForTheNextOne() {
        var version = register("first", "second");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            start("{\"cents\":5}");
            var first = worker.assignment();
            worker.complete(Completion.newBuilder()
                    .setAttempt(first.getAttempt())
                    .setSuccess(Success.newBuilder().setResult(ByteString.copyFromUtf8("null"))));
            assertThat(worker.assignment().getArguments(0).getValue().toStringUtf8())
                    .isEqualTo("null");
        }
    }

    @Test
    void aStaleCompletionIsAcknowledgedAndRefused() {
        var version = register("only");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            start("{\"cents\":5}");
            var attempt = worker.assignment().getAttempt();
            worker.acknowledged(worker.succeed(attempt, "1"));
            var unknown =
                    attempt.toBuilder().setAttempt(attempt.getAttempt() + 1).build();
            var again = worker.acknowledged(worker.succeed(unknown, "2")).getAck();
            assertThat(again.getRefusedCount()).isEqualTo(1);
            assertThat(again.getRefused(0).getMessage()).isNotEmpty();
        }
    }

    @Test
    void aFailureReachesTheRunAsTheWorkerToldIt() {
        var version = register("only");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5}");
            worker.fail(
                    worker.assignment().getAttempt(),
                    Failure.newBuilder()
                            .setType("com.acme.CardRefused")
                            .setMessage("no \u0000 money")
                            .setStackTrace("x".repeat(40_000))
                            .build());
            var result = result(run);
            assertThat(result.text("state")).isEqualTo("FAILED");
            assertThat(result.body())
                    .contains(
                            "\"code\":\"STEP_FAILED\"",
                            "\"type\":\"com.acme.CardRefused\"",
                            "\"step\":\"only\"",
                            "no \uFFFD money",
                            "… (cut)");
            var detail = PLANE.ask("GET", "/api/v1/runs/" + run, "");
            assertThat(detail.body()).contains("\"attempts\":[{\"number\":1,\"state\":\"FAILED\"");
        }
    }

    @Test
    void anAttemptLeftBehindIsClaimedAgainAfterAReconnect() {
        var version = register("only");
        var hello = TestWorker.hello(workflow, version);
        AttemptRef attempt;
        var run = "";
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello.build())) {
            run = start("{\"cents\":5}");
            attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
        }
        var stale = attempt.toBuilder().setAttempt(7).build();
        try (var worker = TestWorker.silent(PLANE, PLANE.token())) {
            worker.send(WorkerFrame.newBuilder()
                    .setHello(hello.addRunning(attempt).addRunning(stale))
                    .build());
            var welcome = worker.await(ServerFrame::hasWelcome).getWelcome();
            assertThat(welcome.getStaleList()).containsExactly(stale);
            assertThat(welcome.getHeartbeatMillis()).isEqualTo(2_000);
            assertThat(welcome.getDeadAfterMillis()).isEqualTo(6_000);
            worker.acknowledged(worker.succeed(attempt, "1"));
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
        }
    }

    @Test
    void anAttemptThatAsksForMoreTimeGetsIt() {
        var version = register("only");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5}");
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            worker.send(WorkerFrame.newBuilder()
                    .addExtensions(Extension.newBuilder().setAttempt(attempt).setTimeoutMillis(3_600_000))
                    .build());
            var granted = worker.await(frame -> frame.getExtendedCount() > 0).getExtended(0);
            assertThat(granted.getAttempt()).isEqualTo(attempt);
            assertThat(granted.getTimeoutMillis()).isEqualTo(3_600_000);
            worker.acknowledged(worker.succeed(attempt, "1"));
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/history", "").body())
                    .contains("\"EXTENDED\"");
            worker.send(WorkerFrame.newBuilder()
                    .addExtensions(Extension.newBuilder().setAttempt(attempt))
                    .build());
            assertThat(worker.end().getDescription()).contains("0 ms more");
        }
    }

    @Test
    void aCancelledRunStopsItsAttempt() {
        var version = register("only");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5}");
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            var cancelled = PLANE.ask("POST", "/api/v1/runs/" + run + "/cancel", "{\"reason\":\"changed my mind\"}");
            assertThat(cancelled.status()).as(cancelled.body()).isEqualTo(202);
            var cancel = worker.await(frame -> frame.getCancelsCount() > 0).getCancels(0);
            assertThat(cancel.getReason()).isEqualTo("RUN_CANCELLED");
            assertThat(cancel.getAttempt()).isEqualTo(attempt);
            worker.complete(Completion.newBuilder()
                    .setAttempt(attempt)
                    .setCancelled(dev.millrace.protocol.worker.v1.Cancelled.getDefaultInstance()));
            assertThat(result(run).text("state")).isEqualTo("CANCELLED");
            assertThat(PLANE.ask("POST", "/api/v1/runs/" + run + "/cancel", "{\"reason\":\"again\"}")
                            .status())
                    .isEqualTo(202);
        }
    }

    @Test
    void aHeartbeatIsAnswered() {
        var version = register("only");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            worker.send(WorkerFrame.newBuilder().setHeartbeat(true).build());
            assertThat(worker.await(ServerFrame::getHeartbeat)).isNotNull();
        }
    }

    @Test
    void aSilentStreamIsADeadWorker() {
        var version = register("only");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            assertThat(worker.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(worker.end().getDescription()).contains("counts as dead");
        }
        try (var mute = TestWorker.silent(PLANE, PLANE.token())) {
            assertThat(mute.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void aRevokedTokenEndsItsStreams() {
        var version = register("only");
        var token = PLANE.ask(
                "POST",
                "/api/v1/services/default/tokens",
                "{\"name\":\"worker\",\"permissions\":[\"worker:connect\"]}");
        try (var worker = TestWorker.connect(
                PLANE, token.text("token"), TestWorker.hello(workflow, version).build())) {
            PLANE.ask("DELETE", "/api/v1/services/default/tokens/" + token.text("tokenId"), "");
            assertThat(worker.end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(worker.end().getDescription()).contains("revoked");
        }
    }

    @Test
    void aBreachOfTheProtocolEndsTheStreamWithTheReason() {
        var version = register("only");
        var hello = TestWorker.hello(workflow, version).build();
        var ref = AttemptRef.newBuilder()
                .setRunId(TestWorker.bytes(UUID.randomUUID()))
                .setGeneration(1);
        refused(WorkerFrame.newBuilder().setHeartbeat(true).build(), Status.Code.INVALID_ARGUMENT, "no hello");
        refused(
                WorkerFrame.newBuilder()
                        .setHello(hello.toBuilder().setProtocolVersion(9))
                        .build(),
                Status.Code.FAILED_PRECONDITION,
                "speaks version 1");
        refused(
                WorkerFrame.newBuilder().setHello(hello.toBuilder().setSlots(0)).build(),
                Status.Code.INVALID_ARGUMENT,
                "0 slots");
        refused(
                WorkerFrame.newBuilder()
                        .setHello(hello.toBuilder().setSlots(-1))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "4294967295 slots");
        refused(
                WorkerFrame.newBuilder()
                        .setHello(hello.toBuilder().putSlotKinds("gpu", 0))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "0 slots of kind gpu");
        refused(
                WorkerFrame.newBuilder()
                        .setHello(hello.toBuilder().setWorkerId(ByteString.copyFromUtf8("x")))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "worker_id has 1 bytes");
        refused(
                WorkerFrame.newBuilder()
                        .setHello(hello.toBuilder().addRunning(ref))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "attempt 0");
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello)) {
            worker.send(WorkerFrame.newBuilder().setHello(hello).build());
            assertThat(worker.end().getDescription()).contains("second hello");
        }
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello)) {
            worker.complete(Completion.newBuilder().setAttempt(ref.setAttempt(1)));
            assertThat(worker.end().getDescription()).contains("no outcome");
        }
    }

    private void refused(WorkerFrame first, Status.Code code, String why) {
        try (var worker = TestWorker.silent(PLANE, PLANE.token())) {
            worker.send(first);
            assertThat(worker.end().getCode()).isEqualTo(code);
            assertThat(worker.end().getDescription()).contains(why);
        }
    }

    @Test
    void aWorkerServesOnlyRegisteredVersionsOfItsOwnService() {
        var version = register("only");
        refused(
                WorkerFrame.newBuilder()
                        .setHello(TestWorker.hello(workflow, "0123456789abcdef0123456789abcdef"))
                        .build(),
                Status.Code.NOT_FOUND,
                "Register its manifest");
        PLANE.ask("POST", "/api/v1/services", "{\"name\":\"thief\"}");
        var thief = PLANE.ask(
                        "POST",
                        "/api/v1/services/thief/tokens",
                        "{\"name\":\"t\",\"permissions\":[\"worker:connect\"]}")
                .text("token");
        try (var worker = TestWorker.silent(PLANE, thief)) {
            worker.send(WorkerFrame.newBuilder()
                    .setHello(TestWorker.hello(workflow, version))
                    .build());
            assertThat(worker.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        }
        var other = Tenants.create(PLANE, "dispatch-" + UUID.randomUUID());
        try (var worker = TestWorker.silent(PLANE, other.token())) {
            worker.send(WorkerFrame.newBuilder()
                    .setHello(TestWorker.hello(workflow, version))
                    .build());
            assertThat(worker.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    @Test
    void aWorkerOfAnotherTenantCannotCompleteAnAttempt() {
        var version = register("only");
        var other = Tenants.create(PLANE, "dispatch-" + UUID.randomUUID());
        var theirs = Workflow.register(PLANE, Workflow.chain(workflow, "only"), other.token());
        try (var worker = TestWorker.connect(
                        PLANE,
                        PLANE.token(),
                        TestWorker.hello(workflow, version).build());
                var intruder = TestWorker.connect(
                        PLANE, other.token(), TestWorker.hello(workflow, theirs).build())) {
            var run = start("{\"cents\":5}");
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            var refused = intruder.acknowledged(intruder.succeed(attempt, "\"stolen\""))
                    .getAck();
            assertThat(refused.getRefusedCount()).isEqualTo(1);
            worker.acknowledged(worker.succeed(attempt, "\"ours\""));
            assertThat(result(run).body()).contains("\"result\":\"ours\"");
        }
    }

    @Test
    void aReturnedAttemptGoesToAnotherWorkerAtOnce() {
        var version = register("only");
        try (var first = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start("{\"cents\":5}");
            var attempt = first.assignment().getAttempt();
            try (var second = TestWorker.connect(
                    PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
                first.send(WorkerFrame.newBuilder()
                        .addReturned(attempt)
                        .setDraining(true)
                        .build());
                var again = second.assignment().getAttempt();
                assertThat(again.getAttempt()).isEqualTo(attempt.getAttempt() + 1);
                second.succeed(again, "1");
                assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
            }
        }
    }

    @Test
    void manyCompletionsInManyFramesAreAllAcknowledged() {
        var version = register("only");
        try (var worker = TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, version).setSlots(500).build())) {
            var items = new StringBuilder("{\"items\":[");
            for (int i = 0; i < 500; i++) {
                items.append(i == 0 ? "" : ",")
                        .append("{\"input\":{\"cents\":")
                        .append(i)
                        .append("}}");
            }
            assertThat(PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs/bulk", items + "]}")
                            .status())
                    .isEqualTo(200);
            long last = 0;
            for (int done = 0; done < 500; ) {
                for (var assignment : worker.assignments()) {
                    last = worker.succeed(assignment.getAttempt(), "" + done++);
                }
            }
            worker.acknowledged(last);
        }
    }
}
