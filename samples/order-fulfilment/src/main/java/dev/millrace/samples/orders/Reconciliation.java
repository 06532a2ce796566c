package dev.millrace.samples.orders;

import dev.millrace.Cron;
import dev.millrace.Overlap;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.List;

/**
 * Every night: for each payment that the provider has taken and not given back, goods must be set aside. Both sides belong to others, so
 * nobody but a comparison can tell.
 */
@Workflow(description = "Compares payments with reservations, every night.", timeout = "1h")
@Cron(value = "0 2 * * *", zone = "Europe/Berlin", overlap = Overlap.SKIP)
public class Reconciliation {
    private final PaymentProvider payments;
    private final Warehouse warehouse;

    public Reconciliation(PaymentProvider payments, Warehouse warehouse) {
        this.payments = payments;
        this.warehouse = warehouse;
    }

    /**
     * What was found.
     *
     * @param payments taken and not given back
     * @param reservations that are kept for them
     */
    public record Findings(int payments, int reservations) {}

    /** Whose payments were taken: the runs of their orders. */
    record Paid(List<String> runs) {}

    // An idempotency key begins with the run, so a payment tells whose it is.
    @Step(timeout = "1m", retries = 3)
    Paid paid() {
        return new Paid(payments.taken().stream()
                .map(key -> key.substring(0, key.indexOf('/')))
                .toList());
    }

    @Step(timeout = "1m", retries = 3)
    Findings compare(Paid paid) {
        var reservations =
                paid.runs().stream().map(OrderFulfilment::reservation).toList();
        return new Findings(paid.runs().size(), warehouse.kept(reservations));
    }
}
