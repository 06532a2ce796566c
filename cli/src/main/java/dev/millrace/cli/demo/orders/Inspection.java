package dev.millrace.cli.demo.orders;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.rest.RestClient;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.RunDetail;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the control plane what became of every order, and compares. */
final class Inspection {
    private static final int AT_A_TIME = 4;
    /** For all runs together; a thousand take about a second. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final RunsApi runs;

    Inspection(RestClient client) {
        this.runs = new RunsApi(client);
    }

    private record Finding(Optional<Verdict> verdict, Optional<String> loss) {}

    /**
     * Looks at every run.
     *
     * @param rush what was done
     */
    OrdersResult of(Rush rush) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        var findings = new LinkedHashMap<Placed, Future<Finding>>();
        var threads = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            rush.placed().forEach(placed -> findings.put(placed, threads.submit(() -> look(placed))));
            var verdicts = new ArrayList<Verdict>();
            var lost = new ArrayList<>(rush.notStarted());
            for (var entry : findings.entrySet()) {
                var finding = awaited(entry.getKey(), entry.getValue(), deadline);
                finding.verdict().ifPresent(verdicts::add);
                finding.loss().ifPresent(lost::add);
            }
            return new OrdersResult(
                    verdicts, lost, rush.crowd(), rush.crowdTook(), startLatency(verdicts), Around.NOTHING);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Finding awaited(Placed placed, Future<Finding> finding, long deadline) throws InterruptedException {
        try {
            return finding.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Finding(
                    Optional.empty(),
                    Optional.of(name(placed) + "could not be read within " + LIMIT.toSeconds() + " s."));
        } catch (ExecutionException e) {
            throw new IllegalStateException(name(placed) + "could not be looked at.", e.getCause());
        }
    }

    private static String name(Placed placed) {
        return "Order " + placed.order().id() + " (run " + placed.runId() + ") ";
    }

    private Finding look(Placed placed) {
        var name = name(placed);
        try {
            var run = runs.getRun(UUID.fromString(placed.runId()));
            return hasEnded(run)
                    ? new Finding(Optional.of(Verdict.of(placed, run)), Optional.empty())
                    : new Finding(Optional.empty(), Optional.of(name + "has not ended; it is " + run.getState() + "."));
        } catch (RestException | RestUnavailableException e) {
            return new Finding(Optional.empty(), Optional.of(name + "cannot be read: " + e.getMessage()));
        }
    }

    private static boolean hasEnded(RunDetail run) {
        return switch (run.getState()) {
            case SUCCEEDED, FAILED, CANCELLED, TIMED_OUT -> true;
            case QUEUED, RUNNING, WAITING -> false;
        };
    }

    private static Percentiles startLatency(List<Verdict> verdicts) {
        return new Percentiles(verdicts.stream()
                .filter(verdict -> verdict.placed().alone())
                .flatMap(verdict ->
                        begun(verdict.run())
                                .map(begun -> Duration.between(verdict.placed().calledAt(), begun))
                                .stream())
                .toList());
    }

    /**
     * When the first line of the first step ran. The step itself says so, in the quote it returns, by the clock of this
     * machine, which is the client's clock too.
     */
    private static Optional<Instant> begun(RunDetail run) {
        return run.getTasks().stream()
                .filter(task -> "price".equals(task.getStep()) && task.getOutput() != null)
                .findFirst()
                .flatMap(task -> {
                    try {
                        return Optional.of(
                                Instant.parse(MAPPER.readTree(task.getOutput().text())
                                        .path("quotedAt")
                                        .asText()));
                    } catch (JsonProcessingException | DateTimeParseException e) {
                        return Optional.empty();
                    }
                });
    }
}
