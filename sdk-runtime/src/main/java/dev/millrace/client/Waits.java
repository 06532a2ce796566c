package dev.millrace.client;

import dev.millrace.connection.AccessRefusedException;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.UnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waiting for an answer, never without an end. */
final class Waits {

    private Waits() {}

    /** Waits; what the answer is instead of a value is thrown, with the stack of the caller. */
    static <T> T until(CompletableFuture<T> answer, Duration limit, Supplier<? extends RuntimeException> tooLate) {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw tooLate.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException(
                    "The thread was interrupted while it waited for an answer of the control plane; what was asked for goes on.",
                    e);
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    /** Answers are made on other threads; the exception that the caller sees has the caller's stack. */
    static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof StartRefusedException refused) {
            return new StartRefusedException(refused.code(), refused.getMessage());
        }
        if (cause instanceof AccessRefusedException refused) {
            return new AccessRefusedException(refused.code(), refused.getMessage());
        }
        if (cause instanceof UnavailableException unavailable) {
            return new UnavailableException(unavailable.getMessage(), unavailable);
        }
        if (cause instanceof MillraceException known) {
            return new MillraceException(known.code(), known.getMessage(), known);
        }
        return new IllegalStateException("The answer of the control plane could not be read: " + cause, cause);
    }
}
