package dev.millrace.cli.demo.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.terminal.Style;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.model.Attempt;
import dev.millrace.rest.model.AttemptState;
import dev.millrace.rest.model.RunDetail;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.Task;
import dev.millrace.rest.model.TaskKind;
import dev.millrace.rest.model.TaskState;
import dev.millrace.samples.orders.Order;
import dev.millrace.samples.orders.OrderFile;
import dev.millrace.samples.orders.Reconciliation;
import dev.millrace.samples.orders.simulated.ExpectedEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OrdersResultTest {
    private static final String RUN = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
    private static final List<Order> ORDERS = OrderFile.bundled();

    @Test
    void aShippedOrderHasItsReceipt() {
        var placed = placed(ExpectedEnd.SHIPPED);

        assertThat(Verdict.of(placed, shipped(placed)).deviations()).isEmpty();
        assertThat(Verdict.of(placed, shipped(placed).result(new RawJson("{\"orderId\":\"A-1\"}")))
                        .deviations())
                .containsExactly("must result in the receipt of this order, but results in {\"orderId\":\"A-1\"}");
        assertThat(Verdict.of(placed, run(RunState.TIMED_OUT)).deviations())
                .containsExactly("must end as SUCCEEDED (SHIPPED), but is TIMED_OUT");
    }

    @Test
    void whatAFailedOrderHadDoneMustBeUndone() {
        var placed = placed(ExpectedEnd.CARD_REFUSED);
        var charge = task("charge", TaskKind.STEP, TaskState.FAILED, AttemptState.FAILED);
        var reserve = task("reserve", TaskKind.STEP, TaskState.SUCCEEDED, AttemptState.SUCCEEDED);
        var release = task("release", TaskKind.COMPENSATION, TaskState.SUCCEEDED, AttemptState.SUCCEEDED);
        var alert = task("alert", TaskKind.ON_FAILURE, TaskState.SUCCEEDED, AttemptState.SUCCEEDED);

        assertThat(Verdict.of(
                                placed,
                                run(RunState.FAILED, charge, reserve, release, alert)
                                        .compensated(true))
                        .deviations())
                .isEmpty();
        assertThat(Verdict.of(placed, run(RunState.FAILED, charge, alert)).deviations())
                .as("the card was refused before anything was reserved")
                .isEmpty();
        assertThat(Verdict.of(placed, run(RunState.FAILED, charge, reserve, alert))
                        .deviations())
                .containsExactly(
                        "must have undone 1 of its steps, but has undone 0",
                        "has 1 undoable steps, but says compensated = false");
        assertThat(Verdict.of(placed, run(RunState.FAILED, charge)).deviations())
                .containsExactly("must have alerted the staff, but has not");
        assertThat(Verdict.of(placed, run(RunState.FAILED, alert)).deviations())
                .containsExactly("must fail in the step charge, which is not FAILED");
    }

    @Test
    void anUndeliverableOrderWasPaidAndReservedBefore() {
        var placed = placed(ExpectedEnd.UNDELIVERABLE);
        var ship = task("ship", TaskKind.STEP, TaskState.FAILED, AttemptState.FAILED);
        var alert = task("alert", TaskKind.ON_FAILURE, TaskState.SUCCEEDED, AttemptState.SUCCEEDED);

        assertThat(Verdict.of(placed, run(RunState.FAILED, ship, alert)).deviations())
                .containsExactly("must have been charged and reserved before it failed, but 0 of both was");
    }

    @Test
    void anAttemptCountsAsRetriedIfAnotherOneFollowed() {
        var placed = placed(ExpectedEnd.SHIPPED);
        var run = shipped(placed)
                .tasks(List.of(
                        task("a", TaskKind.STEP, TaskState.SUCCEEDED, AttemptState.FAILED, AttemptState.SUCCEEDED),
                        task("b", TaskKind.STEP, TaskState.FAILED, AttemptState.LOST, AttemptState.FAILED),
                        task("c", TaskKind.STEP, TaskState.FAILED, AttemptState.FAILED)));

        assertThat(Verdict.of(placed, run).retriedAttempts()).isEqualTo(2);
    }

    @Test
    void percentilesAreMeasuredValues() {
        var hundred = new Percentiles(
                IntStream.rangeClosed(1, 100).mapToObj(Duration::ofMillis).toList());

        assertThat(hundred.millis(50)).isEqualTo(50);
        assertThat(hundred.millis(99)).isEqualTo(99);
        assertThat(new Percentiles(List.of(Duration.ofNanos(1_500_000))).millis(99))
                .isEqualTo(1.5);
    }

    @Test
    void theTableShowsWhatWasFound() {
        assertThat(String.join("\n", good().lines(new Style(false, false)))).isEqualTo("""
                ORDERS         EXPECTED  AS EXPECTED  END OF THE RUN
                shipped               1            1  SUCCEEDED with the receipt
                card refused          1            1  FAILED in charge; reserved goods were released
                sold out              0            0  FAILED in reserve; money that was taken was refunded
                undeliverable         0            0  FAILED in ship; money refunded and goods released

                succeeded               1
                failed                  1  for good, as their data demands
                compensated             0  of the failed ones: what they had done was undone
                retried                 1  attempts failed or were lost and were tried again
                lost                    0
                runs/s                  8  2 orders at once, done in 0.3 s from the first call to the end of the last run;
                                           the warehouse's rate limit lets 500 of them pass a second
                start p50/p99  1.5/1.5 ms  from the client's call to the first line of the first step on the worker;
                                           of the 1 orders that came one by one

                ok Every order ended as its data says it must; none was lost.""");
    }

    @Test
    void deviationsAreNamed() {
        var shipped = placed(ExpectedEnd.SHIPPED);
        var result = new OrdersResult(
                List.of(Verdict.of(shipped, run(RunState.CANCELLED))),
                List.of("Order A-2 could not be started: the token is refused."),
                2,
                Duration.ofSeconds(1),
                new Percentiles(List.of()),
                Around.NOTHING);

        assertThat(result.asExpected()).isFalse();
        assertThat(String.join("\n", result.lines(new Style(false, false))))
                .endsWith("""
                lost                    1
                runs/s                  2  2 orders at once, done in 1.0 s from the first call to the end of the last run;
                                           the warehouse's rate limit lets 500 of them pass a second

                !! 2 deviations:
                  Order A-2 could not be started: the token is refused.
                  Order %s (run %s) must end as SUCCEEDED (SHIPPED), but is CANCELLED.""".formatted(shipped.order().id(), RUN));
    }

    @Test
    void whatElseThereWasToSeeIsShown() {
        var nightly = new Nightly("2026-11-23T02:00:00+01:00", Optional.of(new Reconciliation.Findings(1, 1)), "");
        var result = good().with(new Around(5, 3, 7, 2, Optional.of(nightly)));

        assertThat(String.join("\n", result.lines(new Style(false, false))))
                .contains("by event                5  ", "by webhook              3  ", "429                     7  ")
                .contains("1  payments, and for 1 of them goods set aside")
                .contains("by cron next at 2026-11-23T02:00:00+01:00, triggered now");
        assertThat(result.asExpected()).isTrue();
        assertThat(result.json()).contains("\"reconciliation\" : {");
    }

    @Test
    void aPaymentWithoutGoodsIsADeviation() {
        var nightly = new Nightly("never", Optional.of(new Reconciliation.Findings(2, 1)), "");

        assertThat(good().with(new Around(0, 0, 0, 0, Optional.of(nightly))).deviations())
                .containsExactly("The reconciliation must find a reservation for each payment: Findings[payments=2,"
                        + " reservations=1]");
    }

    @Test
    void theResultAsJsonHasTheSameFigures() {
        assertThat(good().json()).isEqualTo("""
                {
                  "orders" : 2,
                  "succeeded" : 1,
                  "failed" : 1,
                  "compensated" : 0,
                  "retriedAttempts" : 1,
                  "lost" : 0,
                  "asExpected" : true,
                  "deviations" : [ ],
                  "runsPerSecond" : 8.0,
                  "runsPerSecondOver" : 2,
                  "startMillis" : {
                    "p50" : 1.5,
                    "p99" : 1.5,
                    "over" : 1
                  }
                }""");
    }

    @Test
    void nineOfTenOrdersComeAtOnceAndAHundredAtMostAlone() {
        assertThat(Rush.crowdOf(1_000)).isEqualTo(900);
        assertThat(Rush.crowdOf(200)).isEqualTo(180);
        assertThat(Rush.crowdOf(1)).isEqualTo(1);
    }

    private static OrdersResult good() {
        var shipped = placed(ExpectedEnd.SHIPPED);
        var refused = placed(ExpectedEnd.CARD_REFUSED);
        return new OrdersResult(
                List.of(
                        Verdict.of(
                                shipped,
                                shipped(shipped)
                                        .tasks(List.of(task(
                                                "charge",
                                                TaskKind.STEP,
                                                TaskState.SUCCEEDED,
                                                AttemptState.FAILED,
                                                AttemptState.SUCCEEDED)))),
                        Verdict.of(
                                refused,
                                run(
                                        RunState.FAILED,
                                        task("charge", TaskKind.STEP, TaskState.FAILED, AttemptState.FAILED),
                                        task("alert", TaskKind.ON_FAILURE, TaskState.SUCCEEDED)))),
                List.of(),
                2,
                Duration.ofMillis(250),
                new Percentiles(List.of(Duration.ofNanos(1_500_000))),
                Around.NOTHING);
    }

    private static Placed placed(ExpectedEnd end) {
        var order = ORDERS.stream()
                .filter(candidate -> ExpectedEnd.of(candidate) == end)
                .findFirst()
                .orElseThrow();
        return new Placed(order, RUN, NOW, true);
    }

    private static RunDetail shipped(Placed placed) {
        return run(RunState.SUCCEEDED)
                .result(new RawJson("{\"orderId\":\"" + placed.order().id() + "\"}"));
    }

    private static RunDetail run(RunState state, Task... tasks) {
        return new RunDetail().state(state).compensated(false).tasks(List.of(tasks));
    }

    private static Task task(String step, TaskKind kind, TaskState state, AttemptState... attempts) {
        return new Task()
                .step(step)
                .kind(kind)
                .state(state)
                .attempts(Stream.of(attempts)
                        .map(attempt -> new Attempt().state(attempt))
                        .toList());
    }
}
