package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.StepContext;
import dev.millrace.fake.FakeDispatch;
import dev.millrace.fake.FakeDispatch.FakeTask;
import dev.millrace.wire.worker.v1.Amount;
import dev.millrace.wire.worker.v1.Spent;
import dev.millrace.wire.worker.v1.SpentSoFar;
import dev.millrace.worker.Scripted.Receipt;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What attempts say that they spent. */
@Timeout(60)
class SpendingTest {
    private static final String TOKENS = "openai.tokens";
    private final ScriptedWorker worker = new ScriptedWorker();
    private final FakeDispatch dispatch = worker.fake.dispatch;

    @AfterEach
    void close() {
        worker.close();
    }

    private static Amount amount(String name, long amount) {
        return Amount.newBuilder().setName(name).setAmount(amount).build();
    }

    private List<Spent> said(FakeTask task) {
        return dispatch.frames.stream()
                .flatMap(frame -> frame.getSpentList().stream())
                .filter(spent -> task.isAttempt(spent.getAttempt()))
                .map(SpentSoFar::getSpent)
                .toList();
    }

    @Test
    void whatAnAttemptUsedTravelsWithItsEnd() {
        worker.scripted.script.set((order, context) -> {
            context.usage(TOKENS, 1_000);
            context.usage("cents", 3);
            context.usage(TOKENS, 234);
            return new Receipt("fine");
        });
        assertThat(worker.completionOf(worker.offer("ship")).getSpent().getUsedList())
                .containsExactly(amount("cents", 3), amount(TOKENS, 1_234));
    }

    @Test
    void whatAFailedAttemptUsedTravelsToo() {
        worker.scripted.script.set((order, context) -> {
            context.usage(TOKENS, 9);
            throw new IllegalStateException("No.");
        });
        var completion = worker.completionOf(worker.offer("ship"));
        assertThat(completion.hasFailure()).isTrue();
        assertThat(completion.getSpent().getUsedList()).containsExactly(amount(TOKENS, 9));
    }

    @Test
    void anAttemptThatUsesNothingSaysNothing() {
        worker.scripted.script.set((order, context) -> new Receipt("fine"));
        assertThat(worker.completionOf(worker.offer("ship")).hasSpent()).isFalse();
    }

    @Test
    void anAttemptThatGoesOnSaysWhatItHasSpentSoFarAndAgainOnANewStream() {
        var context = new AtomicReference<StepContext>();
        var answer = new CompletableFuture<Receipt>();
        worker.scripted.script.set((order, given) -> {
            context.set(given);
            return answer;
        });
        var task = worker.offer("later");
        worker.awaitCalls(1);
        context.get().usage(TOKENS, 10);
        await().until(() -> said(task).size() == 1);
        context.get().usage(TOKENS, 5);
        await().until(() -> said(task).size() == 2);
        assertThat(said(task).get(1).getUsedList()).containsExactly(amount(TOKENS, 15));

        int streams = dispatch.hellos.size();
        dispatch.fallSilent();
        await().until(() -> dispatch.hellos.size() > streams);
        await().until(() -> said(task).size() == 3);
        assertThat(said(task).get(2)).isEqualTo(said(task).get(1));

        answer.complete(new Receipt("fine"));
        assertThat(worker.completionOf(task).getSpent().getUsedList()).containsExactly(amount(TOKENS, 15));
        assertThatThrownBy(() -> context.get().usage(TOKENS, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void theLastSettlementOfALimitHolds() {
        worker.scripted.script.set((order, context) -> {
            context.settle("openai-tpm", 700);
            context.settle("openai-tpm", 1_700);
            return new Receipt("fine");
        });
        assertThat(worker.completionOf(worker.offer("ship")).getSpent().getSettledList())
                .containsExactly(amount("openai-tpm", 1_700));
    }

    @Test
    void whatCannotBeSpentIsRefusedWithASentence() {
        worker.scripted.script.set((order, context) -> {
            assertThatThrownBy(() -> context.usage("", 1)).hasMessageContaining("1 to 64 characters");
            assertThatThrownBy(() -> context.usage("x".repeat(65), 1)).hasMessageContaining("has 65");
            assertThatThrownBy(() -> context.usage(TOKENS, -1)).hasMessageContaining("'openai.tokens' it is -1");
            assertThatThrownBy(() -> context.settle("openai-tpm", -1)).hasMessageContaining("'openai-tpm' it is -1");
            assertThatThrownBy(() -> context.settle("openai-rpm", 1))
                    .hasMessageContaining("no rate limit 'openai-rpm'; it has [openai-tpm]");
            for (int i = 0; i < 50; i++) {
                context.usage("name-" + i, i);
            }
            assertThatThrownBy(() -> context.usage("one-too-many", 1))
                    .hasMessageContaining("50 different things")
                    .hasMessageContaining("one-too-many");
            context.usage("name-49", Long.MAX_VALUE);
            return new Receipt("fine");
        });
        var completion = worker.completionOf(worker.offer("ship"));
        assertThat(completion.getFailure().getMessage()).isEmpty();
        assertThat(completion.getSpent().getUsedList()).hasSize(50).contains(amount("name-49", Long.MAX_VALUE));
    }
}
