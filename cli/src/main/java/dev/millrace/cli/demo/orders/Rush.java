package dev.millrace.cli.demo.orders;

import dev.millrace.cli.demo.Stage;
import dev.millrace.cli.terminal.ProgressLine;
import dev.millrace.client.BatchRefusedException;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunEnd;
import dev.millrace.client.RunHandle;
import dev.millrace.connection.MillraceException;
import dev.millrace.samples.orders.Order;
import dev.millrace.samples.orders.OrderFulfilmentClient;
import dev.millrace.samples.orders.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands orders to the control plane through the sample's client and follows them to their ends: first most of them at
 * once, which shows how many a second get done; then the rest one by one, which shows how soon a single one begins.
 * For one thread.
 */
final class Rush {
    /** Between two orders that come alone: long enough that each finds the worker idle. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int MOST_ALONE = 100;
    private static final int MOST_EVENTS = 50;
    /** Of fewer orders none comes by another way. */
    private static final int FEW = 3;

    private final Millrace millrace;
    private final OrderFulfilmentClient client;
    private final ProgressLine progress;
    private final Runnable care;
    private final long deadlineNanos;
    private final List<Placed> placed = new ArrayList<>();
    private final List<String> notStarted = new ArrayList<>();
    private final AtomicInteger succeeded = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicLong lastEndNanos = new AtomicLong();
    private int total;
    private int crowd;
    private Duration crowdTook = Duration.ZERO;
    private final Doors doors;
    private int byEvent;
    private int byWebhook;

    /**
     * @param care called again and again meanwhile, with the number of runs that have ended, for whoever watches the
     *     processes
     * @param limit for everything together; what has not ended by then is lost
     */
    Rush(Millrace millrace, Doors doors, ProgressLine progress, Stage.Care care, Duration limit) {
        this.doors = doors;
        this.millrace = millrace;
        this.client = new OrderFulfilmentClient(millrace);
        this.progress = progress;
        this.care = () -> care.look(ended());
        this.deadlineNanos = System.nanoTime() + limit.toNanos();
    }

    /** How many of so many orders come at once; the others come alone. */
    static int crowdOf(int orders) {
        return orders - Math.min(MOST_ALONE, orders / 10);
    }

    /** How many of those are published as events; half as many are delivered to a webhook. */
    private static int eventsOf(int crowd) {
        return crowd < FEW ? 0 : Math.min(MOST_EVENTS, Math.max(1, crowd / 10));
    }

    /** Runs them all; returns when all have ended or the time is up. */
    void run(List<Order> orders) throws InterruptedException {
        total = orders.size();
        int first = crowdOf(total);
        byEvent = eventsOf(first);
        byWebhook = (byEvent + 1) / 2;
        crowd = first - byEvent - byWebhook;
        long began = System.nanoTime();
        placeAtOnce(orders.subList(0, crowd));
        awaitEnds(placed.size());
        crowdTook = Duration.ofNanos(Math.max(0, lastEndNanos.get() - began));
        placeThroughDoors(orders.subList(crowd, crowd + byEvent), orders.subList(crowd + byEvent, first));
        placeOneByOne(orders.subList(first, total));
        awaitEnds(placed.size());
    }

    private void placeThroughDoors(List<Order> published, List<Order> delivered) throws InterruptedException {
        var runs = millrace.workflow("order-fulfilment", Order.class, Receipt.class);
        var calledAt = Instant.now();
        if (!published.isEmpty()) {
            notStarted.addAll(doors.publish(published, (order, run) -> follow(order, runs.get(run), calledAt, false)));
        }
        if (!delivered.isEmpty()) {
            notStarted.addAll(doors.deliver(delivered, (order, run) -> follow(order, runs.get(run), calledAt, false)));
        }
        awaitEnds(placed.size());
    }

    /** How many orders came as events. */
    int byEvent() {
        return byEvent;
    }

    /** How many orders were delivered to a webhook. */
    int byWebhook() {
        return byWebhook;
    }

    List<Placed> placed() {
        return placed;
    }

    /** Orders that the control plane did not take, one sentence each. */
    List<String> notStarted() {
        return notStarted;
    }

    int crowd() {
        return crowd;
    }

    Duration crowdTook() {
        return crowdTook;
    }

    private void placeAtOnce(List<Order> orders) {
        var calledAt = Instant.now();
        try {
            var handles = client.startAll(orders);
            for (int i = 0; i < orders.size(); i++) {
                follow(orders.get(i), handles.get(i), calledAt, false);
            }
        } catch (BatchRefusedException e) {
            e.failures().forEach((position, reason) -> notStarted.add(refusal(orders.get(position), reason)));
            var runs = millrace.workflow("order-fulfilment", Order.class, Receipt.class);
            e.started().forEach((position, run) -> follow(orders.get(position), runs.get(run), calledAt, false));
        }
    }

    private void placeOneByOne(List<Order> orders) throws InterruptedException {
        for (var order : orders) {
            var calledAt = Instant.now();
            try {
                follow(order, client.start(order), calledAt, true);
            } catch (MillraceException e) {
                notStarted.add(refusal(order, e));
            }
            look();
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private void follow(Order order, RunHandle<Receipt> handle, Instant calledAt, boolean alone) {
        placed.add(new Placed(order, handle.id(), calledAt, alone));
        handle.ended().whenComplete((end, problem) -> {
            // A run that cannot be followed is not counted; its state is read in the end, as that of all others.
            if (problem == null) {
                count(end);
            }
        });
    }

    private void count(RunEnd<Receipt> end) {
        (end.succeeded() ? succeeded : failed).incrementAndGet();
        lastEndNanos.accumulateAndGet(System.nanoTime(), Math::max);
    }

    private int ended() {
        return succeeded.get() + failed.get();
    }

    private void awaitEnds(int runs) throws InterruptedException {
        while (ended() < runs && System.nanoTime() < deadlineNanos) {
            look();
            Thread.sleep(LOOK.toMillis());
        }
    }

    private void look() {
        care.run();
        progress.show(
                ended(), total, "runs ended: " + succeeded.get() + " succeeded, " + failed.get() + " failed for good");
    }

    private static String refusal(Order order, MillraceException reason) {
        return "Order " + order.id() + " could not be started: " + reason.getMessage();
    }
}
