package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.BatchFailure;
import dev.millrace.NonRetryableException;
import dev.millrace.fake.FakeDispatch.FakeTask;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.Call;
import dev.millrace.worker.Scripted.Receipt;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One call of a method for the tasks of many runs. */
@Timeout(60)
class BatchCallTest {
    private final ScriptedWorker worker = new ScriptedWorker();

    @AfterEach
    void close() {
        worker.close();
    }

    private FakeTask offer(long call, int size, String id) {
        return offerJson(call, size, "{\"id\":\"" + id + "\",\"cents\":1}");
    }

    private FakeTask offerJson(long call, int size, String json) {
        return worker.offer("together", assignment(call, size, json));
    }

    private static Assignment.Builder assignment(long call, int size, String json) {
        return Assignment.newBuilder()
                .setWorkflow("scripted")
                .setTimeoutMillis(60_000)
                .setCall(Call.newBuilder().setNumber(call).setSize(size))
                .addArguments(
                        Argument.newBuilder().setState(Argument.State.VALUE).setValue(ByteString.copyFromUtf8(json)));
    }

    private String result(FakeTask task) {
        return worker.completionOf(task).getSuccess().getResult().toStringUtf8();
    }

    @Test
    void theMethodIsCalledOnceForAllAndEachGetsItsOwnResult() {
        var first = offer(7, 3, "A");
        var second = offer(7, 3, "B");
        var other = offer(8, 1, "X");
        assertThat(result(other)).isEqualTo("{\"number\":\"R-X\"}");
        assertThat(worker.scripted.calls).as("the others wait for the third").containsExactly("[X]");
        var third = offer(7, 3, "C");

        assertThat(List.of(result(first), result(second), result(third)))
                .containsExactly("{\"number\":\"R-A\"}", "{\"number\":\"R-B\"}", "{\"number\":\"R-C\"}");
        assertThat(worker.scripted.calls).containsExactly("[X]", "[A, B, C]");
    }

    @Test
    void whatFailedOfABatchFailsAloneWithItsOwnException() {
        worker.scripted.batch.set(orders -> {
            throw new BatchFailure(
                    Arrays.asList(new Receipt("one"), null, null),
                    Map.of(1, new NonRetryableException("no use"), 2, new IllegalStateException("not now")));
        });
        var first = offer(1, 3, "A");
        var second = offer(1, 3, "B");
        var third = offer(1, 3, "C");

        assertThat(result(first)).isEqualTo("{\"number\":\"one\"}");
        var failed = worker.completionOf(second).getFailure();
        assertThat(failed.getType()).isEqualTo(NonRetryableException.class.getName());
        assertThat(failed.getNonRetryable()).isTrue();
        failed = worker.completionOf(third).getFailure();
        assertThat(failed.getMessage()).isEqualTo("not now");
        assertThat(failed.getNonRetryable()).isFalse();
    }

    @Test
    void anExceptionFailsAll() {
        worker.scripted.batch.set(orders -> {
            throw new IllegalStateException("down");
        });
        var first = offer(1, 2, "A");
        var second = offer(1, 2, "B");
        assertThat(List.of(worker.completionOf(first), worker.completionOf(second)))
                .allSatisfy(completion ->
                        assertThat(completion.getFailure().getMessage()).isEqualTo("down"));
    }

    @Test
    void asManyResultsAreWantedAsThereAreTasks() {
        worker.scripted.batch.set(orders -> List.of(new Receipt("only")));
        var first = offer(1, 2, "A");
        offer(1, 2, "B");
        var failure = worker.completionOf(first).getFailure();
        assertThat(failure.getType()).isEqualTo("OUTPUT_INVALID");
        assertThat(failure.getMessage())
                .isEqualTo(
                        "Step 'together' was called for 2 tasks and returned 1 results. It has to return one for each, in"
                                + " the same order.");
    }

    @Test
    void whatCannotBeReadFailsAloneAndTheOthersGo() {
        var bad = offerJson(1, 2, "{\"id\":[]}");
        var good = offer(1, 2, "B");
        assertThat(result(good)).isEqualTo("{\"number\":\"R-B\"}");
        assertThat(worker.completionOf(bad).getFailure().getType()).isEqualTo("ARGUMENT_INVALID");
        assertThat(worker.scripted.calls).containsExactly("[B]");
    }

    @Test
    void whatIsCancelledBeforeTheCallIsNotPartOfIt() {
        var cancelled = offer(1, 2, "A");
        worker.fake.dispatch.cancel(cancelled, "RUN_CANCELLED");
        var other = offer(1, 2, "B");
        assertThat(result(other)).isEqualTo("{\"number\":\"R-B\"}");
        assertThat(worker.completionOf(cancelled).hasCancelled()).isTrue();
        assertThat(worker.scripted.calls).containsExactly("[B]");
    }

    @Test
    void aCallGoesOnUntilNobodyWantsItAnyMore() throws Exception {
        var interrupted = new CountDownLatch(1);
        worker.scripted.batch.set(orders -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return List.of();
        });
        var first = offer(1, 2, "A");
        var second = offer(1, 2, "B");
        worker.awaitCalls(1);
        worker.fake.dispatch.cancel(first, "RUN_CANCELLED");
        // What comes on the stream later has been read later: the first cancel has had no effect on the call.
        worker.scripted.script.set((order, context) -> new Receipt("other"));
        assertThat(worker.completionOf(worker.offer("ship")).hasSuccess()).isTrue();
        assertThat(interrupted.getCount()).isEqualTo(1);
        assertThat(first.completion()).isEmpty();

        worker.fake.dispatch.cancel(second, "RUN_CANCELLED");

        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(worker.completionOf(first).hasCancelled()).isTrue();
        assertThat(worker.completionOf(second).hasCancelled()).isTrue();
    }

    @Test
    void whatIsMissingWhenTheStreamBreaksIsHandedOutAnew() {
        offer(1, 2, "A");
        worker.completionOf(worker.offer("ship"));
        worker.fake.dispatch.breakStream();
        await().atMost(20, TimeUnit.SECONDS).until(() -> worker.fake.dispatch.hellos.size() == 2);
        assertThat(worker.fake.dispatch.hellos.get(1).getRunningList()).isEmpty();
    }
}
