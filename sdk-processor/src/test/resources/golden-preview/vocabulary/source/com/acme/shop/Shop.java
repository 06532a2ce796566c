package com.acme.shop;

import dev.millrace.Backoff;
import dev.millrace.Batch;
import dev.millrace.Budget;
import dev.millrace.BudgetExceeded;
import dev.millrace.CatchUp;
import dev.millrace.CircuitBreaker;
import dev.millrace.Concurrency;
import dev.millrace.ConcurrencyStrategy;
import dev.millrace.Cron;
import dev.millrace.Debounce;
import dev.millrace.Delivery;
import dev.millrace.Fair;
import dev.millrace.Metadata;
import dev.millrace.OnEvent;
import dev.millrace.Overlap;
import dev.millrace.Pinning;
import dev.millrace.RateLimit;
import dev.millrace.Step;
import dev.millrace.Throttle;
import dev.millrace.Visibility;
import dev.millrace.Weight;
import dev.millrace.When;
import dev.millrace.Workflow;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Says something of everything that is shared, started and promised. */
@Workflow(
        value = "shop",
        description = "Sells things.",
        tags = {"shop", "money"},
        weight = Weight.LIGHT,
        visibility = Visibility.PUBLIC,
        pinning = Pinning.BUILD)
@OnEvent(value = "order.placed", where = "event.cents > 0 && metadata.region == 'eu'")
@OnEvent("order.*.again")
@Cron(
        value = "30 2 * * 1-5",
        zone = "Europe/Berlin",
        name = "nightly",
        input = "{\"customer\":\"all\",\"cents\":1,\"placed\":\"2026-01-01T00:00:00Z\"}",
        overlap = Overlap.SKIP,
        catchUp = CatchUp.ALL,
        jitter = "30s")
@Debounce(value = "5s", maxWait = "1m", key = "input.customer")
@Throttle(limit = 100, per = "1m")
@Concurrency(key = "input.customer", limit = 2)
@Concurrency(name = "shop", limit = 50, strategy = ConcurrencyStrategy.CANCEL_RUNNING)
@Fair(key = "input.customer", weight = "input.cents > 100000 ? 2 : 1")
@Budget(value = "openai.tokens", limit = 5000, exceeded = BudgetExceeded.ASK)
@Metadata(name = "team", value = "shop")
@Metadata(name = "cost-centre", value = "4711")
class Shop {
    record Order(String customer, long cents, Instant placed) {}

    record Payment(double risk) {}

    record Label(String number) {}

    record Booking(String number) {}

    @Step(fallback = "chargeLater", retries = 3, backoff = @Backoff(initial = "2s"))
    @CircuitBreaker(value = "bank", failureRate = 0.25, window = 50, openFor = "1m")
    @RateLimit(value = "bank", limit = 50, burst = 100, key = "order.customer", cost = "2")
    @RateLimit(value = "tokens", limit = 1000, per = "1m", cost = "order.cents > 1000 ? 10 : 1")
    Payment charge(Order order) {
        return new Payment(0);
    }

    Payment chargeLater(Order order) {
        return new Payment(1);
    }

    @Step
    @When("payment.risk < 0.8 && order.placed > timestamp('2026-01-01T00:00:00Z')")
    @Batch(maxSize = 50, maxWait = "20ms", key = "input.customer")
    List<Label> print(List<Order> order, List<Payment> payment) {
        return List.of();
    }

    @Step(delivery = Delivery.TRANSACTIONAL)
    @Concurrency(limit = 1, key = "payment.risk > 0.5")
    @Fair(key = "input.customer")
    Booking book(Payment payment, Optional<Label> label, Connection connection) {
        return new Booking("");
    }

    @Step(delivery = Delivery.AT_MOST_ONCE)
    void notify(Booking booking) {}
}
