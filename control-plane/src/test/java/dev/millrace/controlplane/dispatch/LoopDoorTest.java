package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.Argument;
import dev.millrace.protocol.worker.v1.Assignment;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A step that is called again until it is done, over a real stream and REST. */
class LoopDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();

    private TestWorker worker() {
        return TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, Workflow.register(PLANE, Workflow.loop(workflow), PLANE.token()))
                        .build());
    }

    private String start() {
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private static Argument previous(Assignment assignment) {
        return assignment.getArguments(1);
    }

    private static JsonNode task(String run) throws JsonProcessingException {
        return read(PLANE.ask("GET", "/api/v1/runs/" + run, "")).at("/tasks/0");
    }

    private static JsonNode read(TestControlPlane.Answer answer) throws JsonProcessingException {
        return new ObjectMapper().readTree(answer.body());
    }

    @Test
    void eachTurnIsGivenWhatTheOneBeforeLeftAndIsShownByItsNumber() throws JsonProcessingException {
        try (var worker = worker()) {
            var run = start();
            var first = worker.assignment();
            assertThat(first.getTurn()).isEqualTo(1);
            assertThat(previous(first).getState()).isEqualTo(Argument.State.SKIPPED);
            worker.acknowledged(worker.again(first.getAttempt(), "{\"asked\":1}", Duration.ZERO));

            var second = worker.assignment();
            assertThat(second.getTurn()).isEqualTo(2);
            assertThat(second.getAttempt().getAttempt()).isEqualTo(2);
            assertThat(previous(second).getValue().toStringUtf8()).isEqualTo("{\"asked\":1}");
            assertThat(task(run).at("/turn").asInt()).isEqualTo(2);
            worker.acknowledged(worker.again(second.getAttempt(), "{\"asked\":2}", Duration.ofHours(1)));

            assertThat(task(run).at("/state").asText()).isEqualTo("BACKING_OFF");
            assertThat(task(run).at("/turn").asInt()).isEqualTo(3);
            assertThat(task(run).at("/turnState/asked").asInt()).isEqualTo(2);
            assertThat(task(run).at("/nextTurnAt").asText()).isNotEmpty();
            assertThat(task(run).at("/retryAt").isMissingNode()).isTrue();
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/history", "").body())
                    .contains("\"turn 1\"", "\"turn 2\"");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/export", "").body())
                    .contains("\"turnState\":{\"asked\":2}");
        }
    }

    @Test
    void theLastTurnMakesTheResult() throws JsonProcessingException {
        try (var worker = worker()) {
            var run = start();
            worker.acknowledged(worker.again(worker.assignment().getAttempt(), "{\"asked\":1}", Duration.ofMillis(5)));
            worker.acknowledged(worker.succeed(worker.assignment().getAttempt(), "{\"asked\":9}"));
            var result = PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
            assertThat(read(result).at("/result/asked").asInt())
                    .as(result.body())
                    .isEqualTo(9);
            assertThat(task(run).at("/turn").asInt()).isEqualTo(2);
            assertThat(task(run).at("/turnState").isMissingNode()).isTrue();
        }
    }

    @Test
    void whatATurnLeavesIsHeldAgainstTheSchemaOfTheState() {
        try (var worker = worker()) {
            var run = start();
            worker.acknowledged(worker.again(worker.assignment().getAttempt(), "{\"asked\":\"often\"}", Duration.ZERO));
            var result = PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
            assertThat(result.text("state")).isEqualTo("FAILED");
            assertThat(result.body()).contains("RESULT_SCHEMA_MISMATCH", "$.asked");
        }
    }

    @Test
    void anotherTurnOfAStepThatIsNoLoopIsAFailureOfTheStep() {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start();
            worker.acknowledged(worker.again(worker.assignment().getAttempt(), "1", Duration.ZERO));
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "")
                            .body())
                    .contains("OUTPUT_INVALID", "it is no loop");
        }
    }
}
