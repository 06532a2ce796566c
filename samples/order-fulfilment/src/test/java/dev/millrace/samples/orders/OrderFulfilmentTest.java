package dev.millrace.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.NonRetryableException;
import dev.millrace.RunFailure;
import dev.millrace.StepContext;
import dev.millrace.StepFailure;
import dev.millrace.samples.orders.simulated.SimulatedCarrier;
import dev.millrace.samples.orders.simulated.SimulatedPayments;
import dev.millrace.samples.orders.simulated.SimulatedWarehouse;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Steps are plain methods: no engine, no server, no annotation is at work here. */
class OrderFulfilmentTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Address HOME = new Address("Rosenweg 7", "04109", "Leipzig", "DE");

    private final List<String> told = new ArrayList<>();
    private final OrderFulfilment workflow = new OrderFulfilment(
            new SimulatedPayments(),
            new SimulatedWarehouse(WarehouseOfTests.stock()),
            new SimulatedCarrier(parcel -> {}),
            new Told(told),
            Clock.fixed(NOON, ZoneOffset.UTC));

    @Test
    void smallOrdersPayForTheirParcel() {
        var order = order("pm_visa", HOME, new Item("BTL-07-SIL", "Bottle", 2, 1_995));

        assertThat(workflow.price(order)).isEqualTo(new Quote(3_990, 490, 4_480, "EUR", NOON));
    }

    @Test
    void largeOrdersShipForFree() {
        var order = order("pm_visa", HOME, new Item("BAG-30L-BLU", "Daypack", 1, 7_990));

        assertThat(workflow.price(order)).isEqualTo(new Quote(7_990, 0, 7_990, "EUR", NOON));
    }

    @Test
    void everyAttemptOfOneTaskIsTheSamePayment() {
        var order = order("pm_visa_busy_once", HOME, new Item("MAP-ALP-12", "Map", 1, 1_290));
        var quote = workflow.price(order);

        assertThatThrownBy(() -> workflow.charge(order, quote, new Attempt(1)))
                .isInstanceOf(ServiceBusyException.class)
                .hasMessageContaining("the payment provider is busy");
        var payment = workflow.charge(order, quote, new Attempt(2));

        assertThat(payment.cents()).isEqualTo(quote.totalCents());
        assertThat(workflow.charge(order("pm_visa", HOME, order.items().get(0)), quote, new Attempt(3)))
                .isEqualTo(payment);
    }

    @Test
    void aRefusedCardIsNotTriedAgain() {
        var order = order("pm_visa_stolen", HOME, new Item("MAP-ALP-12", "Map", 1, 1_290));
        var quote = workflow.price(order);

        assertThatThrownBy(() -> workflow.charge(order, quote, new Attempt(1)))
                .isInstanceOf(NonRetryableException.class)
                .hasMessage("The card pm_visa_stolen was refused: the card was reported stolen.");
    }

    @Test
    void soldOutArticlesAreNotReserved() throws SQLException {
        var order = order("pm_visa", HOME, new Item("STV-SPIRIT-EOL", "Spirit stove", 1, 5_900));

        assertThatThrownBy(() -> reserve(order, 1))
                .isInstanceOf(NonRetryableException.class)
                .hasMessageContaining("STV-SPIRIT-EOL")
                .hasMessageContaining(order.id());
    }

    @Test
    void bulkyArticlesComeFromTheSecondHall() throws SQLException {
        var order = order("pm_visa", HOME, new Item("XL-TENT-6P", "Family tent", 1, 64_900));

        assertThatThrownBy(() -> reserve(order, 1)).isInstanceOf(ServiceBusyException.class);
        assertThat(reserve(order, 2))
                .isEqualTo(new Reservation("res-0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d", "LEJ-2", 1));
    }

    private Reservation reserve(Order order, int attempt) throws SQLException {
        try (var connection = WarehouseOfTests.database().getConnection()) {
            connection.setAutoCommit(false);
            return workflow.reserve(order, connection, new Attempt(attempt)); // and rolled back
        }
    }

    @Test
    void aShippedOrderHasAReceipt() {
        var order = order("pm_visa", HOME, new Item("MAP-ALP-12", "Map", 1, 1_290));
        var payment = new Payment("pay_1", 1_780, "EUR");

        var receipt = workflow.ship(order, payment, new Reservation("res-A-1", "LEJ-1", 1));

        assertThat(receipt).isEqualTo(new Receipt("A-1", "pay_1", 1_780, "EUR", "Flussbote", receipt.trackingCode()));
        assertThat(receipt.trackingCode()).matches("FB[0-9]{15}DE");
    }

    @Test
    void nobodyDeliversToAPostBox() {
        var order = order(
                "pm_visa",
                new Address("Postfach 4711", "10115", "Berlin", "DE"),
                new Item("MAP-ALP-12", "Map", 1, 1_290));

        assertThatThrownBy(() ->
                        workflow.ship(order, new Payment("pay_1", 1, "EUR"), new Reservation("res-A-1", "LEJ-1", 1)))
                .isInstanceOf(NonRetryableException.class)
                .hasMessageContaining("Postfach 4711");
    }

    @Test
    void theStaffLearnsWhichStepFailed() {
        var order = order("pm_visa_declined", HOME, new Item("MAP-ALP-12", "Map", 1, 1_290));
        var failure = new RunFailure(
                "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d",
                RunFailure.Reason.FAILED,
                "STEP_FAILED",
                "Step charge failed.",
                Optional.of(new StepFailure("charge", "STEP_FAILED", "x.Y", "The card was refused.")));

        workflow.alert(order, failure);
        workflow.confirm(order);

        assertThat(told)
                .containsExactly(
                        "staff: Order A-1 could not be fulfilled: The card was refused.",
                        "ada@example.com: Your order A-1 is on its way.");
    }

    private static Order order(String paymentMethod, Address shipTo, Item item) {
        return new Order(
                "A-1",
                NOON,
                new Customer("C-1", "Ada", "ada@example.com"),
                shipTo,
                List.of(item),
                paymentMethod,
                "EUR");
    }

    /** A step's context is an interface: a test brings its own. */
    private record Attempt(int attempt) implements StepContext {
        @Override
        public String runId() {
            return "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
        }

        @Override
        public String workflow() {
            return "order-fulfilment";
        }

        @Override
        public String step() {
            return "charge";
        }

        @Override
        public OptionalInt element() {
            return OptionalInt.empty();
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public String idempotencyKey() {
            return runId() + "/" + step();
        }

        @Override
        public Instant deadline() {
            return NOON.plusSeconds(30);
        }

        @Override
        public void extendTimeout(Duration fromNow) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void releaseSlot() {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void throwIfCancelled() {}

        @Override
        public void usage(String name, long amount) {}

        @Override
        public void settle(String rateLimit, long actual) {}

        @Override
        public void log(Level level, String message) {}
    }
}
