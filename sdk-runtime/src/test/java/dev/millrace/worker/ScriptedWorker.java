package dev.millrace.worker;

import static org.awaitility.Awaitility.await;

import dev.millrace.codec.JacksonCodec;
import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Pace;
import dev.millrace.connection.Settings;
import dev.millrace.connection.StreamLoop;
import dev.millrace.fake.FakeControlPlane;
import dev.millrace.fake.FakeDispatch.FakeTask;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.Completion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A worker that serves {@link Scripted} to a fake control plane over a real connection. */
final class ScriptedWorker implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Pace QUICK = new Pace(
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            new StreamLoop.Liveness(Duration.ofMillis(100), Duration.ofMillis(2000)));
    private static final String ORDER = "{\"id\":\"A-1\",\"cents\":12}";

    final FakeControlPlane fake = new FakeControlPlane();
    final Scripted scripted = new Scripted();
    final Worker worker;

    ScriptedWorker() {
        fake.dispatch.reoffering(false);
        worker = new WorkerBuilder(controlPlane(), new JacksonCodec(), each -> {}, scripted)
                .pace(QUICK)
                .slots(500)
                .start();
    }

    /** An attempt of a step that takes the order. */
    FakeTask offer(String step) {
        return offer(step, assignment(TIMEOUT));
    }

    FakeTask offer(String step, Assignment.Builder assignment) {
        return fake.dispatch.offer(step, 0, assignment);
    }

    static Assignment.Builder assignment(Duration timeout) {
        return Assignment.newBuilder()
                .setWorkflow("scripted")
                .setTimeoutMillis(timeout.toMillis())
                .addArguments(
                        Argument.newBuilder().setState(Argument.State.VALUE).setValue(ByteString.copyFromUtf8(ORDER)));
    }

    /** Waits until the method has been entered so many times. */
    void awaitCalls(int calls) {
        await().atMost(20, TimeUnit.SECONDS).until(() -> scripted.calls.size() == calls);
    }

    Completion completionOf(FakeTask task) {
        await().atMost(20, TimeUnit.SECONDS).until(() -> task.completion().isPresent());
        return task.completion().orElseThrow();
    }

    @Override
    public void close() {
        worker.close(Duration.ZERO);
        fake.close();
    }

    private ControlPlane controlPlane() {
        return new ControlPlane(Settings.of(
                Settings.Given.nothing(),
                Map.of("MILLRACE_URL", fake.url(), "MILLRACE_TOKEN", FakeControlPlane.TOKEN),
                Path.of("/nowhere")));
    }
}
