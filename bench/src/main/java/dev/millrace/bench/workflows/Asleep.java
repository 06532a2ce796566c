package dev.millrace.bench.workflows;

import dev.millrace.Durable;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A durable step that sleeps until its order is due. Nobody has anything of it meanwhile: no thread, no slot, and no memory of the
 * control plane.
 */
@Workflow(value = "bench-asleep", timeout = "90d")
public class Asleep {

    @Step(timeout = "60d")
    Receipt sleep(Order order, Durable durable) {
        durable.sleepUntil(Instant.EPOCH.plus(order.dueMicros(), ChronoUnit.MICROS));
        return new Receipt(order, Receipt.nowMicros());
    }

    /** An instant that the runs do not see. */
    public static long farMicros() {
        return Receipt.nowMicros() + Duration.ofDays(30).toNanos() / 1_000;
    }
}
