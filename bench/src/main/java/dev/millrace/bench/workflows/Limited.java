package dev.millrace.bench.workflows;

import dev.millrace.Concurrency;
import dev.millrace.RateLimit;
import dev.millrace.Step;
import dev.millrace.Workflow;

/** {@link OneStep} with four limits on the way, two of them by key, which are so high that nothing ever waits for them. */
@Workflow("bench-limited")
@Concurrency(key = "input.street", limit = 100_000)
public class Limited {

    @Step
    @Concurrency(name = "bench-steps", limit = 100_000)
    @RateLimit(value = "bench-city", limit = 1_000_000, per = "1s", key = "input.city")
    @RateLimit(value = "bench-all", limit = 1_000_000, per = "1s")
    Receipt handle(Order order) {
        return new Receipt(order, Receipt.nowMicros());
    }
}
