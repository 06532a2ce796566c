package dev.millrace.cli.demo.orders;

import dev.millrace.cli.demo.Show;
import dev.millrace.cli.demo.Shown;
import dev.millrace.cli.demo.Stage;
import dev.millrace.samples.orders.OrderFile;
import dev.millrace.samples.orders.simulated.PaymentServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Orders of a shop: most of them at once, then the rest one by one. */
public final class OrdersShow implements Show {
    /** How many orders there are. */
    public static final int ALL = 1_000;

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final PaymentServer payments = new PaymentServer();
    private final int orders;

    /** @param orders how many, 1 to 1000 */
    public OrdersShow(int orders) {
        this.orders = orders;
    }

    @Override
    public String sample() {
        return "order-fulfilment";
    }

    @Override
    public int runs() {
        return orders;
    }

    @Override
    public Map<String, String> surroundings(Path data) {
        return Map.of(
                "WAREHOUSE_URL",
                WarehouseDatabase.in(data),
                "PAYMENTS_URL",
                payments.address().toString());
    }

    @Override
    public Shown run(Stage stage) throws InterruptedException {
        var millrace = stage.millrace();
        var progress = stage.progress();
        var some = OrderFile.bundled().subList(0, orders);
        progress.note("Placing " + some.size() + " orders: " + Rush.crowdOf(some.size())
                + " at once (some of them as events and by a webhook), then the rest one by one.");
        var rush = new Rush(millrace, new Doors(millrace, stage.controlPlane()), progress, stage.care(), LIMIT);
        rush.run(some);
        progress.note("All runs have ended or the time is up; asking what became of each.");
        var around = new Around(
                rush.byEvent(),
                rush.byWebhook(),
                payments.tooMany(),
                payments.repeated(),
                Optional.of(Nightly.trigger(millrace)));
        return new Inspection(millrace.rest()).of(rush).with(around);
    }

    @Override
    public void close() {
        payments.close();
    }
}
