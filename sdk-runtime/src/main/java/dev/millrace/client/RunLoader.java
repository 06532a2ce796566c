package dev.millrace.client;

import dev.millrace.codec.CodecException;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Monitor;
import dev.millrace.connection.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * Starts a run for each of any number of inputs, as fast as they are stored, without keeping them: for imports.
 *
 * <pre>{@code
 * try (var loader = orders.loader()) {
 *   for (var order : manyOrders) {
 *     loader.add(order, o -> o.idempotencyKey(order.id()));
 *   }
 *   var report = loader.finish();
 * }
 * }</pre>
 *
 * <p>{@link #add} waits while the control plane has not answered for what was added before, so a loader never holds more than
 * 64 MiB of inputs. One input that is refused does not hinder the others. With idempotency keys a load that broke off can be
 * repeated from its beginning. Safe for use by many threads.
 *
 * @param <I> what a run is started with
 */
public final class RunLoader<I> implements AutoCloseable {
    /** How many refusals a report lists. */
    static final int MOST_LISTED = 1_000;

    private final BiFunction<I, StartOptions, CompletableFuture<UUID>> starter;
    private final Duration answerTimeout;
    private final Monitor monitor = new Monitor();

    // Guarded by the monitor.
    private long added;
    private long started;
    private long refused;
    private final List<LoadReport.Refusal> refusals = new ArrayList<>();
    private boolean closed;

    RunLoader(BiFunction<I, StartOptions, CompletableFuture<UUID>> starter, Duration answerTimeout) {
        this.starter = starter;
        this.answerTimeout = answerTimeout;
    }

    /** Adds an input. */
    public void add(I input) {
        add(input, UnaryOperator.identity());
    }

    /**
     * Adds an input with options of its own.
     *
     * @throws UnavailableException if the control plane answered nothing for so long that there is no room; this input was not sent
     */
    public void add(I input, UnaryOperator<StartOptions> options) {
        var chosen = options.apply(StartOptions.none());
        long position = monitor.locked(() -> {
            if (closed) {
                throw new IllegalStateException("This loader is closed. Make another one.");
            }
            return added++;
        });
        CompletableFuture<UUID> run;
        try {
            run = starter.apply(input, chosen);
        } catch (CodecException e) {
            settle(position, new StartRefusedException("INPUT_INVALID", e.getMessage()));
            return;
        } catch (StartRefusedException e) {
            settle(position, e);
            return;
        } catch (RuntimeException e) {
            monitor.change(() -> added--);
            throw e;
        }
        run.whenComplete((id, failure) -> settle(position, failure));
    }

    private void settle(long position, Throwable failure) {
        monitor.change(() -> {
            if (failure == null) {
                started++;
            } else {
                refused++;
                if (refusals.size() < MOST_LISTED) {
                    refusals.add(new LoadReport.Refusal(position, reason(failure)));
                }
            }
        });
    }

    private static MillraceException reason(Throwable failure) {
        return failure instanceof MillraceException known
                ? known
                : new MillraceException("INTERNAL", "The start failed: " + failure, failure);
    }

    /**
     * Waits until every input that was added has a run or has been refused. More may be added after it.
     *
     * @throws UnavailableException if nothing was answered for as long as the answer timeout says, while something was open
     */
    public LoadReport finish() {
        long settled = report().settled();
        while (!monitor.await(answerTimeout, () -> started + refused == added)) {
            var report = report();
            if (Thread.currentThread().isInterrupted() || report.settled() == settled) {
                throw new UnavailableException("Nothing more was answered: " + report.started() + " runs are stored, "
                        + report.refused() + " were refused, and what became of the others is unknown. Load again,"
                        + " with the same idempotency keys.");
            }
            settled = report.settled();
        }
        return report();
    }

    /** How it stands now. */
    public LoadReport report() {
        return monitor.locked(() -> new LoadReport(started, refused, refusals));
    }

    /** Takes nothing more. Waits for nothing: what was added goes on, and {@link #finish} tells what became of it. */
    @Override
    public void close() {
        monitor.change(() -> closed = true);
    }
}
