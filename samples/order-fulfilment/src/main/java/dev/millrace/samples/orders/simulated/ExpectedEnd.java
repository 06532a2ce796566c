package dev.millrace.samples.orders.simulated;

import dev.millrace.samples.orders.Item;
import dev.millrace.samples.orders.Order;
import java.util.Optional;

/** How an order must end in the simulated world; whoever runs orders compares. */
public enum ExpectedEnd {
    /** The parcel is on its way. */
    SHIPPED(""),
    /** The card is refused for good: nothing is shipped, and goods that were put aside go back. */
    CARD_REFUSED("charge"),
    /** An article is sold out for good: nothing is shipped, and money that was taken goes back. */
    SOLD_OUT("reserve"),
    /** The carrier does not deliver there: money and goods go back, for both were taken before. */
    UNDELIVERABLE("ship");

    private final String failedStep;

    ExpectedEnd(String failedStep) {
        this.failedStep = failedStep;
    }

    /** The step that fails; empty if none does. */
    public Optional<String> failedStep() {
        return failedStep.isEmpty() ? Optional.empty() : Optional.of(failedStep);
    }

    /** Tells an order's end from its data. */
    public static ExpectedEnd of(Order order) {
        if (SimulatedPayments.refusal(order.paymentMethod()).isPresent()) {
            return CARD_REFUSED;
        }
        if (order.items().stream().map(Item::sku).anyMatch(SimulatedWarehouse::soldOut)) {
            return SOLD_OUT;
        }
        return SimulatedCarrier.reaches(order.shipTo()) ? SHIPPED : UNDELIVERABLE;
    }
}
