package dev.millrace.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import dev.millrace.samples.orders.simulated.SimulatedCarrier;
import dev.millrace.samples.orders.simulated.SimulatedPayments;
import dev.millrace.samples.orders.simulated.SimulatedWarehouse;
import dev.millrace.testing.MillraceTest;
import dev.millrace.testing.TestMillrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens between the steps: the real engine in memory, under a clock that the tests turn. */
@MillraceTest
class OrderRunTest {
    private static final Address HOME = new Address("Rosenweg 7", "04109", "Leipzig", "DE");
    private static final Address POST_BOX = new Address("Postfach 4711", "10115", "Berlin", "DE");

    private final List<String> told = new ArrayList<>();
    private final SimulatedPayments payments = new SimulatedPayments();
    private Runnable atShipping = () -> {};

    @BeforeEach
    void work(TestMillrace millrace) {
        var carrier = new SimulatedCarrier();
        millrace.worker(new OrderFulfilment(
                payments,
                new SimulatedWarehouse(),
                new Carrier() {
                    @Override
                    public String name() {
                        return carrier.name();
                    }

                    @Override
                    public String ship(String orderId, Address to, Reservation reservation) {
                        atShipping.run();
                        return carrier.ship(orderId, to, reservation);
                    }
                },
                new Told(told),
                millrace.clock()));
    }

    @Test
    void anOrderIsPaidReservedShippedAndConfirmed(TestMillrace millrace) {
        var run = millrace.run(OrderFulfilment.class, order("pm_visa", HOME));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.result(Receipt.class).orderId()).isEqualTo("A-1");
        assertThat(run.attemptsOf("charge")).isEqualTo(1);
        assertThat(run.stateOf("refund")).isEqualTo(TaskState.PENDING);
        assertThat(told).singleElement().asString().contains("on its way");
    }

    @Test
    void aBusyPaymentProviderIsAskedAgainAfterAWhile(TestMillrace millrace) {
        var run = millrace.start(OrderFulfilment.class, order("pm_visa_busy_once", HOME));
        assertThat(run.stateOf("charge")).isEqualTo(TaskState.BACKING_OFF);

        millrace.advance(Duration.ofSeconds(1));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("charge")).isEqualTo(2);
    }

    @Test
    void aRefusedCardEndsTheOrderAndGivesTheGoodsBack(TestMillrace millrace) {
        var run = millrace.run(OrderFulfilment.class, order("pm_visa_stolen", HOME));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.attemptsOf("charge")).isEqualTo(1);
        assertThat(run.stateOf("release")).isEqualTo(TaskState.SUCCEEDED);
        assertThat(run.stateOf("refund")).isEqualTo(TaskState.PENDING);
    }

    @Test
    void moneyAndGoodsGoBackWhenNobodyDelivers(TestMillrace millrace) {
        var run = millrace.run(OrderFulfilment.class, order("pm_visa", POST_BOX));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.compensated()).isTrue();
        assertThat(run.stateOf("refund")).isEqualTo(TaskState.SUCCEEDED);
        assertThat(run.stateOf("release")).isEqualTo(TaskState.SUCCEEDED);
        assertThat(told).singleElement().asString().startsWith("staff: Order A-1 could not be fulfilled: ");
    }

    @Test
    void aCarrierThatHangsIsAskedAgainAfterItsTimeout(TestMillrace millrace) {
        atShipping = () -> {
            atShipping = () -> {};
            millrace.advance(Duration.ofMinutes(1));
        };

        var run = millrace.run(OrderFulfilment.class, order("pm_visa", HOME));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("ship")).isEqualTo(2);
        assertThat(run.attemptsOf("charge")).isEqualTo(1);
    }

    @Test
    void anOrderOutlivesACrashOfTheControlPlane(TestMillrace millrace) {
        atShipping = millrace::crash;

        var run = millrace.run(OrderFulfilment.class, order("pm_visa", HOME));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("ship")).isEqualTo(1);
    }

    private static Order order(String paymentMethod, Address to) {
        return new Order(
                "A-1",
                TestMillrace.BEGINNING,
                new Customer("C-1", "Ada", "ada@example.com"),
                to,
                List.of(new Item("MAP-ALP-12", "Map", 1, 1_290)),
                paymentMethod,
                "EUR");
    }
}
