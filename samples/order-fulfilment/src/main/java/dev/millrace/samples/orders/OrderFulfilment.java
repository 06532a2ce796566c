package dev.millrace.samples.orders;

import dev.millrace.Backoff;
import dev.millrace.Compensate;
import dev.millrace.Delivery;
import dev.millrace.Durable;
import dev.millrace.OnEvent;
import dev.millrace.OnFailure;
import dev.millrace.RateLimit;
import dev.millrace.Result;
import dev.millrace.RunFailure;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.StepFailure;
import dev.millrace.Where;
import dev.millrace.Workflow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;

/**
 * From an order to a parcel on its way.
 *
 * <p>The types are the edges: {@code charge} takes the {@link Quote} that {@code price} returns, so it follows it;
 * {@code reserve} takes only the order, so it runs beside both; {@code ship} waits for payment and goods.
 *
 * <pre>
 *   price ──▶ charge ──┐
 *                      ├──▶ ship ──▶ handOver ──▶ confirm
 *   reserve ───────────┘
 * </pre>
 *
 * <p>When a step fails for good, what was done is undone: money goes back, goods return to the shelf, and the staff is
 * told. A plain class: its tests make one and call its methods.
 */
@Workflow(description = "Charges, reserves and ships an order; undoes all of it if one part fails.", timeout = "2d")
@OnEvent("order.placed")
public class OrderFulfilment {
    private static final long FREE_SHIPPING_FROM_CENTS = 5_000;
    private static final long SHIPPING_CENTS = 490;

    private final PaymentProvider payments;
    private final Warehouse warehouse;
    private final Carrier carrier;
    private final Messages messages;
    private final Clock clock;

    public OrderFulfilment(
            PaymentProvider payments, Warehouse warehouse, Carrier carrier, Messages messages, Clock clock) {
        this.payments = payments;
        this.warehouse = warehouse;
        this.carrier = carrier;
        this.messages = messages;
        this.clock = clock;
    }

    @Step
    Quote price(Order order) {
        var quotedAt = clock.instant();
        long goods = order.items().stream()
                .mapToLong(item -> item.cents() * item.quantity())
                .sum();
        long shipping = goods >= FREE_SHIPPING_FROM_CENTS ? 0 : SHIPPING_CENTS;
        return new Quote(goods, shipping, goods + shipping, order.currency(), quotedAt);
    }

    // The provider is busy at times: up to six attempts, about 0.1 s, 0.2 s, 0.4 s … apart. A refused card throws
    // NonRetryableException and gets no second attempt. The key is the same for every attempt, so none charges twice.
    @Step(timeout = "30s", retries = 5, backoff = @Backoff(initial = "100ms", max = "5s"))
    Payment charge(Order order, Quote quote, StepContext context) {
        return payments.charge(order.paymentMethod(), quote.totalCents(), quote.currency(), context.idempotencyKey());
    }

    // The warehouse is a database of ours, and the step's completion is committed there together with the reservation:
    // whatever dies, goods are put aside once. It allows so many calls a second, whichever worker makes them. Orders
    // above
    // that wait their turn and hold no worker meanwhile.
    @Step(
            delivery = Delivery.TRANSACTIONAL,
            timeout = "30s",
            retries = 4,
            backoff = @Backoff(initial = "100ms", max = "5s"))
    @RateLimit(value = "warehouse-api", limit = 500, per = "1s", burst = 250)
    Reservation reserve(Order order, Connection connection, StepContext context) throws SQLException {
        return warehouse.reserve(connection, reservation(context.runId()), order);
    }

    /** The name of the reservation that a run makes. */
    static String reservation(String run) {
        return "res-" + run;
    }

    @Result
    @Step(timeout = "30s", retries = 4, backoff = @Backoff(initial = "100ms", max = "5s"))
    Receipt ship(Order order, Payment payment, Reservation reservation) {
        var tracking = carrier.ship(order.id(), order.shipTo(), reservation);
        return new Receipt(order.id(), payment.id(), payment.cents(), payment.currency(), carrier.name(), tracking);
    }

    // The carrier publishes an event when the parcel is on its way, perhaps in a second, perhaps tomorrow. Meanwhile
    // the
    // step holds no thread and no worker. It listens from the run's start, so an event that was faster is not missed.
    @Step(timeout = "1d")
    void handOver(Receipt receipt, Durable durable) {
        durable.event(
                        HandedOver.EVENT,
                        HandedOver.class,
                        Where.where("event.trackingCode == code", "code", receipt.trackingCode()),
                        Duration.ofHours(20))
                .orElseThrow(() -> new IllegalStateException("Nobody has seen parcel " + receipt.trackingCode() + "."));
    }

    // Order without data: it follows handOver() and takes nothing from it.
    @Step(after = "handOver", retries = 3)
    void confirm(Order order) {
        messages.toCustomer(order.customer(), "Your order " + order.id() + " is on its way.");
    }

    @Compensate(retries = 5)
    void refund(Payment payment) {
        payments.refund(payment);
    }

    @Compensate(retries = 5)
    void release(Reservation reservation) {
        warehouse.release(reservation);
    }

    @OnFailure(retries = 3)
    void alert(Order order, RunFailure failure) {
        var reason = failure.firstFailure().map(StepFailure::message).orElse(failure.message());
        messages.toStaff("Order " + order.id() + " could not be fulfilled: " + reason);
    }
}
