package dev.millrace.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.cli.demo.orders.WarehouseDatabase;
import dev.millrace.samples.orders.Customer;
import dev.millrace.samples.orders.HandedOver;
import dev.millrace.samples.orders.Messages;
import dev.millrace.samples.orders.OrderFulfilment;
import dev.millrace.samples.orders.Payment;
import dev.millrace.samples.orders.PaymentProvider;
import dev.millrace.samples.orders.Stock;
import dev.millrace.samples.orders.simulated.SimulatedCarrier;
import dev.millrace.samples.orders.simulated.SimulatedPayments;
import dev.millrace.samples.orders.simulated.SimulatedWarehouse;
import dev.millrace.testing.RecordedRun;
import dev.millrace.testing.TestMillrace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** From a run that failed on a real control plane to the test that reproduces it, and back to the runs that are replayed. */
@Tag("system")
class FailedRunIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Path project;

    @BeforeEach
    void makeProject() throws Exception {
        project = Files.createDirectories(
                Path.of("target", "system tests", UUID.randomUUID().toString()).toAbsolutePath());
    }

    @Test
    void aRunThatFailedIsReproducedUntilItsCauseIsMendedAndThenReplayed() throws Exception {
        try (var demo = Cli.start(project, "demo", "--orders", "60", "--stay", "--port", "0", "--grpc-port", "0")) {
            await().atMost(Cli.DEADLINE).until(() -> demo.err().contains("Everything stays up") || !demo.isAlive());
            assertThat(demo.isAlive()).as(demo.err()).isTrue();
            var group = StreamSupport.stream(
                            json("runs", "failed", "-o", "json").spliterator(), false)
                    .filter(found -> found.path("step").asText().equals("charge"))
                    .findFirst()
                    .orElseThrow();
            var run = group.get("newestRunId").asText();
            var file = project.resolve("failed.json");
            ran("runs", "export", run, "-o", file.toString());

            var recorded = RecordedRun.read(file);
            assertThat(recorded.runId()).isEqualTo(run);
            var warehouse = new PGSimpleDataSource();
            warehouse.setUrl(WarehouseDatabase.in(project.resolve(".millrace")));
            var reproduction = TestMillrace.create().transactions(warehouse);
            var again = reproduction.replay(recorded, fulfilment(new SimulatedPayments(), warehouse, reproduction));
            assertThat(again.requireSameFailure().answered()).contains("price", "reserve");
            assertThat(again.differences()).isEmpty();
            assertThatThrownBy(again::requireSuccess)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(
                            "It failed in step charge: " + group.get("error").asText())
                    .hasMessageContaining("at dev.millrace.samples.orders.");
            var mended = TestMillrace.create().transactions(warehouse);
            mended.replay(recorded, fulfilment(takesEveryCard(), warehouse, mended))
                    .requireSuccess();

            // The payment provider of the demo is as it was, so they fail again, in a second generation.
            var replayed =
                    json("runs", "replay", "--workflow", "order-fulfilment", "--step", "charge", "--yes", "-o", "json");
            assertThat(replayed.get("replayed").asInt())
                    .isEqualTo(group.get("count").asInt());
            assertThat(replayed.get("refused").asInt()).isZero();
            try (var get = Cli.run(project, "runs", "get", run, "--wait", "--timeout", "60s")) {
                assertThat(get.awaitExit()).as(get.err()).isEqualTo(10);
            }
            ran("runs", "export", run, "-o", file.toString());
            assertThat(RecordedRun.read(file).generation()).isEqualTo(2);
        }
    }

    private static OrderFulfilment fulfilment(PaymentProvider payments, DataSource warehouse, TestMillrace millrace) {
        return new OrderFulfilment(
                payments,
                new SimulatedWarehouse(new Stock(warehouse)),
                new SimulatedCarrier(parcel -> millrace.publish(HandedOver.EVENT, parcel)),
                new Messages() {
                    @Override
                    public void toCustomer(Customer customer, String text) {}

                    @Override
                    public void toStaff(String text) {}
                },
                Clock.systemUTC());
    }

    private static PaymentProvider takesEveryCard() {
        return new PaymentProvider() {
            @Override
            public Payment charge(String paymentMethod, long cents, String currency, String idempotencyKey) {
                return new Payment("pay-" + idempotencyKey, cents, currency);
            }

            @Override
            public void refund(Payment payment) {}

            @Override
            public List<String> taken() {
                return List.of();
            }
        };
    }

    /** Runs a command that must end well, and gives what it wrote. */
    private String ran(String... words) throws Exception {
        try (var command = Cli.run(project, words)) {
            assertThat(command.awaitExit()).as(command.err()).isZero();
            return command.out();
        }
    }

    private JsonNode json(String... words) throws Exception {
        return MAPPER.readTree(ran(words));
    }
}
