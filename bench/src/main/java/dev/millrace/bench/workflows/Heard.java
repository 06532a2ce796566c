package dev.millrace.bench.workflows;

import dev.millrace.OnEvent;
import dev.millrace.Step;
import dev.millrace.Workflow;
import dev.millrace.bench.figures.Samples;
import java.time.Duration;

/** Started by events, which say when they were published: measures how long it took to the first line of its step. */
@Workflow("bench-heard")
@OnEvent(value = "bench.heard", where = "event.lines.exists(line, line.quantity > 1)")
public class Heard {
    private final Samples micros = new Samples();

    @Step
    Receipt handle(Order order) {
        long now = Receipt.nowMicros();
        micros.add(Math.max(0, now - order.dueMicros()));
        return new Receipt(order, now);
    }

    /** What was measured since it was asked last, once it is so much or the time is up. */
    public Samples taken(int count, Duration limit) throws InterruptedException {
        micros.await(count, limit);
        return micros.take();
    }
}
