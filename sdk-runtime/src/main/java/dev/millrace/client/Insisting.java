package dev.millrace.client;

import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.UnavailableException;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Makes requests again that were not answered, until so much time has passed. For requests only that come to the same when they come
 * twice.
 */
record Insisting(Duration answerTimeout) {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /**
     * The answer.
     *
     * @param interrupted what the caller is told who does not wait any longer
     * @throws UnavailableException if there was none in time
     */
    <T> T on(Supplier<T> request, String interrupted) {
        long end = System.nanoTime() + answerTimeout.toNanos();
        var pause = FIRST_PAUSE;
        while (true) {
            try {
                return request.get();
            } catch (RestException | RestUnavailableException e) {
                var failure = ControlPlane.translated(e);
                if (!(failure instanceof UnavailableException) || System.nanoTime() + pause.toNanos() - end > 0) {
                    throw failure;
                }
            }
            sleep(pause, interrupted);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private static void sleep(Duration pause, String interrupted) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException(interrupted, e);
        }
    }
}
