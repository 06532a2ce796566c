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
import java.util.function.BiConsumer;
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
    private BiConsumer<TestMillrace, HandedOver> tells =
            (millrace, parcel) -> millrace.publish(HandedOver.EVENT, parcel);

    @BeforeEach
    void begin(TestMillrace millrace) {
        WarehouseOfTests.clear();
        work(millrace);
    }

    private void work(TestMillrace millrace) {
        var carrier = new SimulatedCarrier(parcel -> tells.accept(millrace, parcel));
        millrace.transactions(WarehouseOfTests.database());
        millrace.worker(new OrderFulfilment(
                payments,
                new SimulatedWarehouse(WarehouseOfTests.stock()),
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
    void anOrderWaitsForTheCarrierToHaveItsParcel(TestMillrace millrace) {
        var parcels = new ArrayList<HandedOver>();
        tells = (any, parcel) -> parcels.add(parcel);
        var run = millrace.start(OrderFulfilment.class, order("pm_visa", HOME));
        assertThat(run.stateOf("handOver")).isEqualTo(TaskState.WAITING);
        assertThat(told).isEmpty();

        millrace.advance(Duration.ofHours(3));
        millrace.publish(HandedOver.EVENT, new HandedOver("FB0000000000XX", millrace.now()));
        assertThat(run.hasEnded()).as("another one's parcel").isFalse();
        millrace.publish(HandedOver.EVENT, parcels.get(0));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(told).singleElement().asString().contains("on its way");
    }

    @Test
    void aParcelThatNobodySeesEndsTheOrder(TestMillrace millrace) {
        tells = (any, parcel) -> {};

        var run = millrace.run(OrderFulfilment.class, order("pm_visa", HOME));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().message()).startsWith("Nobody has seen parcel FB");
        assertThat(run.compensated()).isTrue();
    }

    @Test
    void goodsAreSetAsideOnceWhereverTheWorkerDies() {
        int places = TestMillrace.crashEverywhere(millrace -> {
            WarehouseOfTests.clear(); // every test's runs have the same ids
            work(millrace);
            var run = millrace.run(OrderFulfilment.class, order("pm_visa", HOME));
            assertThat(WarehouseOfTests.reservations("A-1")).isOne();
            return run;
        });

        assertThat(places).isGreaterThan(10);
    }

    @Test
    void theReconciliationFindsGoodsForEachPayment(TestMillrace millrace) {
        millrace.worker(new Reconciliation(payments, new SimulatedWarehouse(WarehouseOfTests.stock())));
        millrace.run(OrderFulfilment.class, order("pm_visa", HOME));
        millrace.run(OrderFulfilment.class, order("pm_visa", POST_BOX));

        var run = millrace.run(Reconciliation.class, null);

        assertThat(run.result(Reconciliation.Findings.class)).isEqualTo(new Reconciliation.Findings(1, 1));
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
