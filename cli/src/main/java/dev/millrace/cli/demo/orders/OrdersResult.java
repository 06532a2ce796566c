package dev.millrace.cli.demo.orders;

import dev.millrace.cli.demo.Shown;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Style;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.model.RunState;
import dev.millrace.samples.orders.Reconciliation;
import dev.millrace.samples.orders.simulated.ExpectedEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * What the demo found.
 *
 * @param verdicts one per order whose run has ended
 * @param lost orders whose run has not ended, or is not known, one sentence each
 * @param crowd how many orders came at once
 * @param crowdTook from the first call to the end of the last of them
 * @param startLatency of the orders that came alone: from the call to the first line of the first step
 * @param around what else there was to see
 */
record OrdersResult(
        List<Verdict> verdicts,
        List<String> lost,
        int crowd,
        Duration crowdTook,
        Percentiles startLatency,
        Around around)
        implements Shown {
    private static final int DEVIATIONS_SHOWN = 20;
    /** Columns in front of the words that explain a figure. */
    private static final int FIGURE = 27;

    OrdersResult {
        verdicts = List.copyOf(verdicts);
        lost = List.copyOf(lost);
    }

    /** Whether every order ended as its data says it must. */
    @Override
    public boolean asExpected() {
        return deviations().isEmpty();
    }

    /** What is not as it must be, one sentence each, the order first. */
    List<String> deviations() {
        var sentences = new ArrayList<>(lost);
        for (var verdict : verdicts) {
            verdict.deviations()
                    .forEach(deviation ->
                            sentences.add("Order " + verdict.placed().order().id() + " (run "
                                    + verdict.placed().runId() + ") " + deviation + "."));
        }
        around.nightly()
                .filter(nightly -> !nightly.asExpected())
                .ifPresent(nightly -> sentences.add("The reconciliation must find a reservation for each payment: "
                        + nightly.findings().map(Object::toString).orElse(nightly.problem())));
        return sentences;
    }

    /** The same with what else there was to see. */
    OrdersResult with(Around other) {
        return new OrdersResult(verdicts, lost, crowd, crowdTook, startLatency, other);
    }

    private int orders() {
        return verdicts.size() + lost.size();
    }

    private long count(Predicate<Verdict> which) {
        return verdicts.stream().filter(which).count();
    }

    private long ended(RunState state) {
        return count(verdict -> verdict.run().getState() == state);
    }

    private long compensated() {
        return count(verdict -> verdict.run().getCompensated());
    }

    private int retriedAttempts() {
        return verdicts.stream().mapToInt(Verdict::retriedAttempts).sum();
    }

    private double runsPerSecond() {
        return crowd / Math.max(1e-9, crowdTook.toNanos() / 1e9);
    }

    /** The lines of the result table. */
    @Override
    public List<String> lines(Style style) {
        var ends = new Table("ORDERS", ">EXPECTED", ">AS EXPECTED", "END OF THE RUN");
        for (var end : ExpectedEnd.values()) {
            var expected = count(verdict -> verdict.placed().expected() == end);
            var right = count(verdict ->
                    verdict.placed().expected() == end && verdict.deviations().isEmpty());
            ends.row(words(end), String.valueOf(expected), String.valueOf(right), meaning(end));
        }
        var lines = new ArrayList<>(ends.lines(style));
        lines.add("");
        lines.add(figure("succeeded", ended(RunState.SUCCEEDED), ""));
        lines.add(figure("failed", ended(RunState.FAILED), "for good, as their data demands"));
        lines.add(figure("compensated", compensated(), "of the failed ones: what they had done was undone"));
        lines.add(figure("retried", retriedAttempts(), "attempts failed or were lost and were tried again"));
        lines.add(figure("lost", lost.size(), ""));
        lines.add(figure(
                "runs/s",
                Math.round(runsPerSecond()),
                crowd + " orders at once, done in " + seconds(crowdTook)
                        + " from the first call to the end of the last run;"));
        lines.add(" ".repeat(FIGURE) + "the warehouse's rate limit lets 500 of them pass a second");
        if (startLatency.size() > 0) {
            lines.add(figure(
                    "start p50/p99",
                    millis(50) + "/" + millis(99) + " ms",
                    "from the client's call to the first line of the first step on the worker;"));
            lines.add(" ".repeat(FIGURE) + "of the " + startLatency.size() + " orders that came one by one");
        }
        if (!around.equals(Around.NOTHING)) {
            around(lines);
        }
        lines.add("");
        if (asExpected()) {
            lines.add(style.good() + " Every order ended as its data says it must; none was lost.");
        } else {
            var deviations = deviations();
            lines.add(style.bad() + " " + deviations.size() + " deviations:");
            deviations.stream().limit(DEVIATIONS_SHOWN).forEach(deviation -> lines.add("  " + deviation));
            if (deviations.size() > DEVIATIONS_SHOWN) {
                lines.add("  ... and " + (deviations.size() - DEVIATIONS_SHOWN) + " more; see them all with -o json");
            }
        }
        return lines;
    }

    private void around(List<String> lines) {
        if (around.byEvent() > 0) {
            lines.add(figure(
                    "by event",
                    around.byEvent(),
                    "orders were published as order.placed, which the workflow asks for"));
            lines.add(figure("by webhook", around.byWebhook(), "were delivered to a webhook, signed by the shop"));
        }
        lines.add(figure("429", around.tooMany(), "answers of the payment provider: left alone as long as it said"));
        lines.add(figure(
                "paid again", around.repeated(), "payments asked for twice; the idempotency key made one of both"));
        lines.add(figure(
                "handed over",
                count(Verdict::handedOver),
                "parcels that the carrier told of by an event, which their runs waited for"));
        around.nightly().ifPresent(nightly -> {
            var found = nightly.findings();
            lines.add(figure(
                    "reconciled",
                    found.map(Reconciliation.Findings::payments).orElse(0),
                    "payments, and for "
                            + found.map(Reconciliation.Findings::reservations).orElse(0)
                            + " of them goods set aside, each in the transaction of its step;"));
            lines.add(" ".repeat(FIGURE) + "by cron next at " + nightly.nextTick() + ", triggered now");
        });
    }

    /** The same as JSON. */
    @Override
    public String json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("orders", orders());
        json.put("succeeded", ended(RunState.SUCCEEDED));
        json.put("failed", ended(RunState.FAILED));
        json.put("compensated", compensated());
        json.put("retriedAttempts", retriedAttempts());
        json.put("lost", lost.size());
        json.put("asExpected", asExpected());
        json.put("deviations", deviations());
        json.put("runsPerSecond", rounded(runsPerSecond()));
        json.put("runsPerSecondOver", crowd);
        if (startLatency.size() > 0) {
            var start = new LinkedHashMap<String, Object>();
            start.put("p50", rounded(startLatency.millis(50)));
            start.put("p99", rounded(startLatency.millis(99)));
            start.put("over", startLatency.size());
            json.put("startMillis", start);
        }
        if (!around.equals(Around.NOTHING)) {
            json.put("byEvent", around.byEvent());
            json.put("byWebhook", around.byWebhook());
            json.put("tooManyRequests", around.tooMany());
            json.put("repeatedPayments", around.repeated());
        }
        around.nightly().flatMap(Nightly::findings).ifPresent(found -> {
            var nightly = new LinkedHashMap<String, Object>();
            nightly.put("payments", found.payments());
            nightly.put("reservations", found.reservations());
            json.put("reconciliation", nightly);
        });
        return Json.write(json);
    }

    private static String figure(String name, long number, String meaning) {
        return figure(name, String.valueOf(number), meaning);
    }

    private static String figure(String name, String figure, String meaning) {
        return String.format(Locale.ROOT, "%-14s %10s  %s", name, figure, meaning)
                .stripTrailing();
    }

    private String millis(int percent) {
        return String.format(Locale.ROOT, "%.1f", startLatency.millis(percent));
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    private static double rounded(double number) {
        return Math.round(number * 100) / 100.0;
    }

    private static String words(ExpectedEnd end) {
        return switch (end) {
            case SHIPPED -> "shipped";
            case CARD_REFUSED -> "card refused";
            case SOLD_OUT -> "sold out";
            case UNDELIVERABLE -> "undeliverable";
        };
    }

    private static String meaning(ExpectedEnd end) {
        return switch (end) {
            case SHIPPED -> "SUCCEEDED with the receipt";
            case CARD_REFUSED -> "FAILED in charge; reserved goods were released";
            case SOLD_OUT -> "FAILED in reserve; money that was taken was refunded";
            case UNDELIVERABLE -> "FAILED in ship; money refunded and goods released";
        };
    }
}
