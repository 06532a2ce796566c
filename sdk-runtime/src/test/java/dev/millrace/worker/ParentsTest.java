package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parameters that accept a parent which has no value: {@code Optional} and {@code Outcome}. */
@Timeout(60)
class ParentsTest {
    private final ScriptedWorker worker = new ScriptedWorker();

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void aValueIsHandedOver() {
        assertThat(joined(value(), value()))
                .isEqualTo("Optional[Receipt[number=7]] Succeeded[value=Receipt[number=7]]");
    }

    @Test
    void aSkippedParentIsEmptyOrSkipped() {
        assertThat(joined(state(Argument.State.SKIPPED), state(Argument.State.SKIPPED)))
                .isEqualTo("Optional.empty Skipped[]");
    }

    @Test
    void aParentWithoutValueCountsAsSkipped() {
        assertThat(joined(state(Argument.State.EMPTY), state(Argument.State.EMPTY)))
                .isEqualTo("Optional.empty Skipped[]");
    }

    @Test
    void aParentThatFailedIsToldWithItsException() {
        assertThat(joined(value(), failed("java.io.IOException")))
                .endsWith(
                        "Failed[failure=StepFailure[step=ship, code=STEP_FAILED, type=java.io.IOException, message=Gone.]]");
    }

    @Test
    void aParentThatTheEngineFailedIsToldWithItsCode() {
        assertThat(joined(value(), failed("WORKER_LOST")))
                .endsWith("Failed[failure=StepFailure[step=ship, code=WORKER_LOST, type=, message=Gone.]]");
    }

    private String joined(Argument.Builder maybe, Argument.Builder ship) {
        var task = worker.offer(
                "join",
                Assignment.newBuilder()
                        .setWorkflow("scripted")
                        .setTimeoutMillis(ScriptedWorker.TIMEOUT.toMillis())
                        .addArguments(maybe.setParameter(0))
                        .addArguments(ship.setParameter(1)));
        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        return worker.scripted.calls.get(worker.scripted.calls.size() - 1);
    }

    private static Argument.Builder value() {
        return state(Argument.State.VALUE).setValue(ByteString.copyFromUtf8("{\"number\":\"7\"}"));
    }

    private static Argument.Builder failed(String type) {
        return state(Argument.State.FAILED)
                .setFailure(Failure.newBuilder().setType(type).setMessage("Gone."));
    }

    private static Argument.Builder state(Argument.State state) {
        return Argument.newBuilder().setState(state);
    }
}
