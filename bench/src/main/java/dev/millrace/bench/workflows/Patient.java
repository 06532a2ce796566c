package dev.millrace.bench.workflows;

import static dev.millrace.Where.where;

import dev.millrace.Durable;
import dev.millrace.Step;
import dev.millrace.Workflow;
import dev.millrace.bench.figures.Samples;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * A durable step that stores as many checkpoints as it is told, then waits for an event that is meant for it alone, which says when it was
 * due: measures what a checkpoint takes, and how long it took from the event to the line after the wait.
 */
@Workflow(value = "bench-patient", timeout = "2d")
public class Patient {
    /** The event that it waits for; its {@code id} is that of the order. */
    public static final String EVENT = "bench.awaited";

    private final Samples checkpoints = new Samples();
    private final Samples warm = new Samples();
    private final Samples evicted = new Samples();
    private final Semaphore waiting = new Semaphore(0);
    private final Semaphore gone = new Semaphore(0);

    /**
     * What it is started with.
     *
     * @param order whom the event is for
     * @param checkpoints how many it stores first, each with the order as its result
     */
    public record Task(Order order, int checkpoints) {}

    /** What was measured: code that had stayed on its worker went on in {@code warm} microseconds, code that had left in {@code evicted}. */
    public record Taken(Samples checkpoints, Samples warm, Samples evicted) {}

    @Step(timeout = "1d")
    Receipt await(Task task, Durable durable) {
        boolean first = durable.context().attempt() == 1;
        for (int i = 0; i < task.checkpoints(); i++) {
            long began = System.nanoTime();
            durable.call("one", Order.class, task::order);
            if (first) {
                checkpoints.add((System.nanoTime() - began) / 1_000);
            }
        }
        var event = durable.expectEvent(
                EVENT, Order.class, where("event.id == id", "id", task.order().id()), Duration.ofHours(20));
        if (first) {
            waiting.release();
        }
        var order = event.join().orElseThrow();
        long now = Receipt.nowMicros();
        (first ? warm : evicted).add(Math.max(0, now - order.dueMicros()));
        gone.release();
        return new Receipt(order, now);
    }

    /** Permits: as many runs have come to their wait since they were taken last. */
    public Semaphore waiting() {
        return waiting;
    }

    /** Permits: as many runs have gone on after their wait since they were taken last. */
    public Semaphore gone() {
        return gone;
    }

    /** What was measured since it was asked last. */
    public Taken taken() {
        return new Taken(checkpoints.take(), warm.take(), evicted.take());
    }
}
