package dev.millrace.worker;

import dev.millrace.wire.worker.v1.Failure;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Whether a method is called at this moment, or has failed so often lately that it is not. Safe for use by many threads. */
interface Circuit {
    /** The circuit of a method that has none. */
    Circuit ALWAYS_CLOSED = new Circuit() {
        @Override
        public boolean admits() {
            return true;
        }

        @Override
        public void saw(Call.Ending ending, boolean cancelled) {}

        @Override
        public Failure refusal(String step) {
            throw new IllegalStateException("Step '" + step + "' has no circuit that could be open.");
        }
    };

    /** Whether the method may be called now; then the circuit must be told how it ended. */
    boolean admits();

    /** The method has ended. A cancelled attempt says nothing about what it calls. */
    void saw(Call.Ending ending, boolean cancelled);

    /** What an attempt fails with that was not admitted; it may be retried. */
    Failure refusal(String step);

    /** A circuit that counts. */
    record Counting(CircuitBreaker breaker, Duration openFor) implements Circuit {
        @Override
        public boolean admits() {
            return breaker.tryAcquirePermission();
        }

        @Override
        public void saw(Call.Ending ending, boolean cancelled) {
            if (cancelled) {
                breaker.releasePermission();
            } else if (ending instanceof Call.Ending.Threw threw) {
                breaker.onError(0, TimeUnit.NANOSECONDS, threw.thrown());
            } else {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public Failure refusal(String step) {
            return Failure.newBuilder()
                    .setType("CIRCUIT_OPEN")
                    .setMessage("Step '" + step + "' was not called, because "
                            + breaker.getMetrics().getFailureRate()
                            + " % of its latest calls on this worker failed; it is tried again " + openFor.toSeconds()
                            + " s after the circuit '" + breaker.getName() + "' opened.")
                    .build();
        }
    }
}
