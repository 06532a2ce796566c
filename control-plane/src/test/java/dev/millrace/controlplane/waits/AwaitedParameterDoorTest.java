package dev.millrace.controlplane.waits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.ParameterSpec.Mode;
import dev.millrace.manifest.ParameterSpec.Source;
import dev.millrace.manifest.WaitSpec;
import dev.millrace.protocol.worker.v1.Argument;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Steps that wait before they begin, over the real doors, against the real core and store. */
class AwaitedParameterDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final JsonValue DECISION =
            Json.read("{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}},\"required\":[\"ok\"]}");

    private final String workflow = "b-" + UUID.randomUUID();
    private final String event = "paid." + UUID.randomUUID();
    private final String role = "clerk-" + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, manifest(), PLANE.token());

    private Manifest manifest() {
        var plain = Workflow.chain(workflow, "only");
        return plain.toBuilder()
                .steps(List.of(plain.steps().get(0).toBuilder()
                        .parameters(List.of(
                                ParameterSpec.input("in"),
                                ParameterSpec.awaiting(
                                        "paid",
                                        Source.EVENT,
                                        Mode.VALUE,
                                        wait(event, "event.note == input.note", "", JsonValue.TRUE)),
                                ParameterSpec.awaiting(
                                        "decision",
                                        Source.APPROVAL,
                                        Mode.OPTIONAL,
                                        wait("Ship it?", "", role, DECISION))))
                        .build()))
                .build();
    }

    private static WaitSpec wait(String name, String where, String role, JsonValue schema) {
        return new WaitSpec(name, where, Optional.of(Duration.ofHours(1)), role, "Object", schema);
    }

    private TestWorker worker() {
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    private String start(String note) {
        return PLANE.ask(
                        "POST",
                        "/api/v1/workflows/" + workflow + "/runs",
                        "{\"input\":{\"cents\":1,\"note\":\"" + note + "\"}}")
                .text("runId");
    }

    private String publish(String note) {
        var data = "{\"note\":\"" + note + "\"}";
        var answer =
                PLANE.ask("POST", "/api/v1/events", "{\"items\":[{\"name\":\"" + event + "\",\"data\":" + data + "}]}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return data;
    }

    private String approval() {
        var listed = until(() -> PLANE.ask("GET", "/api/v1/approvals?role=" + role, ""), "approvalId");
        assertThat(listed.body()).contains("\"title\":\"Ship it?\"");
        return listed.body().replaceFirst(".*\"approvalId\":\"([^\"]*)\".*", "$1");
    }

    private static Answer until(Supplier<Answer> ask, String contains) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var answer = ask.get();
            if (answer.body().contains(contains)) {
                return answer;
            }
            assertThat(System.nanoTime()).as(answer.body()).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void aStepBeginsWithItsEventAndItsAnswer() {
        try (var worker = worker()) {
            var mine = "n-" + UUID.randomUUID();
            var run = start(mine);
            publish("of somebody else");
            var approval = approval();
            var waits = PLANE.ask("GET", "/api/v1/runs/" + run, "").body();
            assertThat(waits).contains("\"WAITING\"");
            var wrong = PLANE.ask("POST", "/api/v1/approvals/" + approval + "/answer", "{\"answer\":{}}");
            assertThat(wrong.status()).isEqualTo(422);
            var answered = PLANE.ask(
                    "POST", "/api/v1/approvals/" + approval + "/answer", "{\"answer\":{\"ok\":true},\"by\":\"ada\"}");
            assertThat(answered.status()).as(answered.body()).isEqualTo(200);
            var data = publish(mine);
            var assignment = worker.assignment();
            assertThat(assignment.getArgumentsList())
                    .extracting(argument -> argument.getValue().toStringUtf8())
                    .element(1)
                    .isEqualTo(data);
            assertThat(assignment.getArguments(2).getValue().toStringUtf8()).isEqualTo("{\"ok\":true}");
            worker.succeed(assignment.getAttempt(), "1");
            until(() -> PLANE.ask("GET", "/api/v1/runs/" + run, ""), "SUCCEEDED");
        }
    }

    @Test
    void whatWasPublishedSinceTheRunBeganIsFoundAndAnAnswerMayBeLacking() {
        var mine = "n-" + UUID.randomUUID();
        publish(mine);
        var run = start(mine);
        var data = publish(mine);
        var approval = approval();
        assertThat(PLANE.ask("POST", "/api/v1/approvals/" + approval + "/expire", "{\"by\":\"ada\"}")
                        .status())
                .isEqualTo(200);
        try (var worker = worker()) {
            var assignment = worker.assignment();
            assertThat(assignment.getArguments(1).getValue().toStringUtf8()).isEqualTo(data);
            assertThat(assignment.getArguments(2).getState()).isNotEqualTo(Argument.State.VALUE);
            worker.succeed(assignment.getAttempt(), "1");
            until(() -> PLANE.ask("GET", "/api/v1/runs/" + run, ""), "SUCCEEDED");
        }
    }

    @Test
    void itIsExplainedWhatTheStepWaitsFor() {
        var worker = worker();
        var run = start("n");
        approval();
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/explain", "").body())
                .contains("EVENT", event, "APPROVAL", "Ship it?");
        worker.close();
    }
}
