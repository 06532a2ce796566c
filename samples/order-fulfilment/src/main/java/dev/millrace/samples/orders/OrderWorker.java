package dev.millrace.samples.orders;

import dev.millrace.client.Millrace;
import dev.millrace.samples.orders.simulated.LoggedMessages;
import dev.millrace.samples.orders.simulated.SimulatedCarrier;
import dev.millrace.samples.orders.simulated.SimulatedPayments;
import dev.millrace.samples.orders.simulated.SimulatedWarehouse;
import java.time.Clock;

/**
 * A worker process: it registers the workflow and runs its steps until it is asked to end. On SIGTERM or Ctrl-C it takes
 * nothing new, finishes what it has begun and hands over the results.
 *
 * <p>Where the control plane is and who we are comes from {@code MILLRACE_URL} and {@code MILLRACE_TOKEN}; without them
 * the one that {@code millrace dev} runs in this project is used.
 */
public final class OrderWorker {
    private OrderWorker() {}

    public static void main(String[] arguments) {
        var workflow = new OrderFulfilment(
                new SimulatedPayments(),
                new SimulatedWarehouse(),
                new SimulatedCarrier(),
                new LoggedMessages(),
                Clock.systemUTC());
        // Both live as long as the process; the worker closes itself when the process is asked to end.
        var millrace = Millrace.connect();
        var worker = millrace.worker(workflow).start();
        System.out.println("Serving order-fulfilment as worker " + worker.id() + ". Stop with Ctrl-C.");
    }
}
