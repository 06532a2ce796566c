package dev.millrace.cli.demo.orders;

import dev.millrace.samples.orders.Order;
import dev.millrace.samples.orders.simulated.ExpectedEnd;
import java.time.Instant;

/**
 * An order that was handed to the control plane.
 *
 * @param order the order
 * @param runId its run
 * @param calledAt when the client called
 * @param alone whether it came on its own, not in a batch of many
 */
record Placed(Order order, String runId, Instant calledAt, boolean alone) {

    ExpectedEnd expected() {
        return ExpectedEnd.of(order);
    }
}
