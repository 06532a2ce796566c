package dev.millrace.samples.orders;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.client.Event;
import dev.millrace.client.Millrace;
import dev.millrace.samples.orders.simulated.LoggedMessages;
import dev.millrace.samples.orders.simulated.PaymentServer;
import dev.millrace.samples.orders.simulated.SimulatedCarrier;
import dev.millrace.samples.orders.simulated.SimulatedWarehouse;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A worker process: it registers the workflows and runs their steps until it is asked to end. On SIGTERM or Ctrl-C it takes
 * nothing new, finishes what it has begun and hands over the results.
 *
 * <p>Where the control plane is and who we are comes from {@code MILLRACE_URL} and {@code MILLRACE_TOKEN}; without them
 * the one that {@code millrace dev} runs in this project is used. The warehouse's PostgreSQL is at {@code WAREHOUSE_URL}, such as {@code
 * jdbc:postgresql://127.0.0.1:5432/warehouse?user=…&password=…}. The payment provider is at {@code PAYMENTS_URL}; without it a simulated
 * one is started.
 */
public final class OrderWorker {
    private static final int CONNECTIONS = 16;

    private OrderWorker() {}

    public static void main(String[] arguments) {
        // All of them live as long as the process; the worker closes itself when the process is asked to end.
        var millrace = Millrace.connect();
        var database = warehouse();
        var warehouse = new SimulatedWarehouse(new Stock(database));
        var payments = new HttpPayments(Optional.ofNullable(System.getenv("PAYMENTS_URL"))
                .map(URI::create)
                .orElseGet(() -> new PaymentServer().address()));
        var carrier = new SimulatedCarrier(parcel ->
                millrace.events().publish(Event.of(HandedOver.EVENT, parcel).id(parcel.trackingCode())));
        var orders = new OrderFulfilment(payments, warehouse, carrier, new LoggedMessages(), Clock.systemUTC());
        var worker = millrace.worker(orders, new Reconciliation(payments, warehouse))
                .transactions(database)
                .start();
        System.out.println(
                "Serving order-fulfilment and reconciliation as worker " + worker.id() + ". Stop with Ctrl-C.");
    }

    private static DataSource warehouse() {
        var url = System.getenv("WAREHOUSE_URL");
        if (url == null) {
            throw new IllegalStateException("The warehouse needs a PostgreSQL. Say where it is: WAREHOUSE_URL="
                    + "jdbc:postgresql://127.0.0.1:5432/warehouse?user=…&password=…");
        }
        var pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(CONNECTIONS);
        return pool;
    }
}
