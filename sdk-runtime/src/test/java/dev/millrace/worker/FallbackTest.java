package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.NonRetryableException;
import dev.millrace.connection.MillraceException;
import dev.millrace.manifest.CircuitBreakerSpec;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.worker.Scripted.Receipt;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps with a fallback, and steps behind a circuit breaker: {@code quote} has both, {@code price} the latter. */
@Timeout(60)
class FallbackTest {
    private static final String GUESSED = "{\"number\":\"guessed\"}";

    private final ScriptedWorker worker = new ScriptedWorker();

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void aFallbackAnswersWhenTheLastAttemptFails() {
        fail(new IOException("Busy."));

        assertThat(attempt("quote", 1).getFailure().getMessage()).isEqualTo("Busy.");
        assertThat(value(attempt("quote", 0))).isEqualTo(GUESSED);
    }

    @Test
    void aFallbackAnswersWhenNoRetryWouldHelp() {
        fail(new NonRetryableException("No such customer."));

        assertThat(value(attempt("quote", 3))).isEqualTo(GUESSED);
    }

    @Test
    void aFallbackIsToldWhatTheLastAttemptThrew() {
        var busy = new IOException("Busy.");
        fail(busy);

        attempt("quote", 0);

        assertThat(worker.scripted.reasons).containsExactly(busy);
    }

    @Test
    void aFallbackIsToldThatTheCircuitIsOpen() {
        fail(new IOException("Busy."));
        for (int i = 0; i < 4; i++) {
            attempt("quote", 3);
        }

        attempt("quote", 3);

        assertThat(worker.scripted.reasons).last().isInstanceOfSatisfying(MillraceException.class, reason -> {
            assertThat(reason.code()).isEqualTo("CIRCUIT_OPEN");
            assertThat(reason).hasMessageContaining("'quote'");
        });
    }

    @Test
    void aFallbackIsNotAskedWhenThereIsAValue() {
        assertThat(value(attempt("quote", 0))).isEqualTo("{\"number\":\"R-A-1\"}");
        assertThat(worker.scripted.calls).doesNotContain("guess");
    }

    @Test
    void aFallbackThatFailsTooTellsBoth() {
        fail(new IOException("Busy."));
        worker.scripted.guess.set((order, context) -> {
            throw new IllegalStateException("No guess.");
        });

        var failure = attempt("quote", 0).getFailure();

        assertThat(failure.getType()).isEqualTo("java.lang.IllegalStateException");
        assertThat(failure.getStackTrace()).contains("Suppressed: java.io.IOException: Busy.");
    }

    @Test
    void aCancelledAttemptAsksForNoFallback() {
        worker.scripted.script.set((order, context) -> {
            new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            return new Receipt("never");
        });
        var task = worker.offer("quote");
        worker.awaitCalls(1);

        worker.fake.dispatch.cancel(task, "RUN_CANCELLED");

        assertThat(worker.completionOf(task).hasCancelled()).isTrue();
        assertThat(worker.scripted.calls).doesNotContain("guess");
    }

    @Test
    void anOpenCircuitIsAnsweredByTheFallbackWithoutACall() {
        fail(new IOException("Busy."));
        for (int i = 0; i < 4; i++) {
            attempt("quote", 3);
        }
        assertThat(worker.scripted.calls).hasSize(4);

        assertThat(value(attempt("quote", 3))).isEqualTo(GUESSED);
        assertThat(worker.scripted.calls).hasSize(5).last().isEqualTo("guess");
    }

    @Test
    void anOpenCircuitFailsWhatHasNoFallbackAndClosesWhenTheCallSucceedsAgain() {
        fail(new IOException("Busy."));
        for (int i = 0; i < 4; i++) {
            attempt("price", 3);
        }

        // The circuit is open for 200 ms; on a slow machine the first look may come too late. Looks that came every 200
        // ms would all
        // do: each would find it half open, fail and open it again.
        await().atMost(20, TimeUnit.SECONDS)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .untilAsserted(() -> {
                    var refused = attempt("price", 3).getFailure();
                    assertThat(refused.getType()).isEqualTo("CIRCUIT_OPEN");
                    assertThat(refused.getNonRetryable()).isFalse();
                    assertThat(refused.getMessage()).contains("'price'").contains("100.0 %");
                });

        worker.scripted.script.set((order, context) -> new Receipt("well"));
        await().atMost(20, TimeUnit.SECONDS).until(() -> attempt("price", 3).hasSuccess());
        for (int i = 0; i < 10; i++) {
            assertThat(attempt("price", 3).hasSuccess()).isTrue();
        }
    }

    @Test
    void stepsThatShareACircuitMustSetItAlike() {
        var circuits = new Circuits(Clock.systemUTC());
        var shared = new CircuitBreakerSpec("bank", 0.5, 20, Duration.ofSeconds(30));

        assertThat(circuits.of("a", Optional.of(shared))).isSameAs(circuits.of("b", Optional.of(shared)));
        assertThat(circuits.of("a", Optional.empty())).isSameAs(Circuit.ALWAYS_CLOSED);
        assertThatThrownBy(() ->
                        circuits.of("c", Optional.of(new CircuitBreakerSpec("bank", 0.7, 20, Duration.ofSeconds(30)))))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("'bank'")
                .hasMessageContaining("0.7");
    }

    private void fail(Exception exception) {
        worker.scripted.script.set((order, context) -> {
            throw exception;
        });
    }

    private Completion attempt(String step, int retriesLeft) {
        return worker.completionOf(worker.offer(
                step, ScriptedWorker.assignment(ScriptedWorker.TIMEOUT).setRetriesLeft(retriesLeft)));
    }

    private static String value(Completion completion) {
        assertThat(completion.hasSuccess()).isTrue();
        return completion.getSuccess().getResult().toStringUtf8();
    }
}
