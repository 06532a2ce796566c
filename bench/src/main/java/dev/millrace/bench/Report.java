package dev.millrace.bench;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What was found, as one JSON object and as a table for people: the medians of the repeats, and how they were got. */
final class Report {
    private static final List<String> PROCESSES = List.of("controlPlane", "postgres", "worker", "load");

    private final Options options;
    private final List<Figures> repeats;
    private final Figures medians;
    private final Json environment;
    private final long failedRuns;
    private final Map<String, String> rows = new LinkedHashMap<>();
    private final Json json = new Json();

    private Report(Options options, List<Figures> repeats, long failedRuns, Json environment) {
        this.options = options;
        this.failedRuns = failedRuns;
        this.repeats = repeats;
        this.medians = Figures.medians(repeats);
        this.environment = environment;
    }

    /**
     * Writes the report.
     *
     * @param repeats the figures of each measurement, as {@link Experiment} returns them
     * @param failedRuns how many runs failed in all, those of the warm-up included
     * @param environment what it ran on
     */
    static Report of(Options options, List<Figures> repeats, long failedRuns, Json environment) {
        var report = new Report(options, repeats, failedRuns, environment);
        report.write();
        return report;
    }

    /** The report in the form that was asked for. */
    String text() {
        return options.json() ? json() : table().stripTrailing();
    }

    /** How many runs failed: with any, the figures say nothing. */
    long failedRuns() {
        return failedRuns;
    }

    /** One JSON object. */
    String json() {
        return json.toString();
    }

    /** A small table. */
    String table() {
        var width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        var table = new StringBuilder();
        rows.forEach((name, value) -> table.append(String.format(Locale.ROOT, "%-" + width + "s  %s%n", name, value)));
        return table.toString();
    }

    private void write() {
        json.put("benchmark", options.benchmark().word());
        switch (options.benchmark()) {
            case THROUGHPUT -> throughput();
            case LATENCY -> latency();
            case CHAIN -> chain();
            case FANOUT -> fanout();
            case ENQUEUE -> enqueue();
            case RECOVERY, BACKLOG, IDLE, EVENTS, SOAK ->
                throw new IllegalStateException(options.benchmark() + " is a trial, which writes findings of its own.");
        }
        json.put("failedRuns", failedRuns);
        json.put(
                "method",
                new Json()
                        .put("processes", "control plane, postgres, worker and load each apart, on one machine")
                        .put("statistic", "median over the repeats, each figure by itself")
                        .put("repeats", options.timing().repeats())
                        .put("secondsPerMeasurement", options.timing().length().toSeconds())
                        .put("warmUpSeconds", options.timing().warmUp().toSeconds())
                        .put("workerSlots", options.sizes().slots()));
        json.put("environment", environment);
        rows.put(
                "",
                "medians of " + options.timing().repeats() + " measurements of "
                        + options.timing().length().toSeconds() + " s after "
                        + options.timing().warmUp().toSeconds() + " s of warm-up");
        if (failedRuns > 0) {
            rows.put("FAILED RUNS", Long.toString(failedRuns));
        }
    }

    private void throughput() {
        var rate = medians.get("flood.runsPerSecond");
        json.put("runsPerSecond", rate);
        rows.put("one-step runs", number(rate) + " /s");
        cpuPerThousandRuns("flood");
        json.put("window", options.sizes().window());
        payloads("flood");
        json.put("runMillis", percentiles("flood.runMillis"));
        rows.put(
                "start to end",
                millis("flood.runMillis") + ", with " + options.sizes().window() + " in flight");
        each("runsPerSecond", "flood.runsPerSecond");
        json.put("ratios", new Json().put("ofCommitted25000", rate / 25_000).put("ofFirstReach12500", rate / 12_500));
        others("flood");
    }

    private void latency() {
        json.put("rate", options.sizes().rate());
        json.put("ratePerSecondReached", medians.get("steady.runsPerSecond"));
        json.put("startMillis", percentiles("steady.startMillis"));
        rows.put("rate", options.sizes().rate() + " starts/s");
        rows.put("start to first line", millis("steady.startMillis"));
        json.put("callMillis", percentiles("steady.callMillis"));
        json.put("runMillis", percentiles("steady.runMillis"));
        rows.put("start to acknowledgement", millis("steady.callMillis"));
        rows.put("start to end of run", millis("steady.runMillis"));
        cpuPerThousandRuns("steady");
        payloads("steady");
        each("startMillisP50", "steady.startMillis.p50");
        each("startMillisP99", "steady.startMillis.p99");
        json.put("ratios", new Json().put("p50OfCommitted1_5", medians.get("steady.startMillis.p50") / 1.5));
        others("steady");
    }

    private void chain() {
        json.put("steps", 3);
        json.put("runMillis", percentiles("alone.runMillis"));
        rows.put("three-step run, alone", millis("alone.runMillis"));
        var rate = medians.get("together.runsPerSecond");
        json.put("runsPerSecond", rate);
        json.put("inFlight", LoadProcess.CHAINS_IN_FLIGHT);
        json.put("runMillisInFlight", percentiles("together.runMillis"));
        rows.put("with " + LoadProcess.CHAINS_IN_FLIGHT + " in flight", number(rate) + " /s");
        cpuPerThousandRuns("together");
        payloads("together");
        each("runsPerSecond", "together.runsPerSecond");
        each("runMillisP50", "alone.runMillis.p50");
        json.put(
                "ratios",
                new Json()
                        .put("p50OfCommitted4", medians.get("alone.runMillis.p50") / 4)
                        .put("rateOfCommitted4000", rate / 4_000));
        others("together");
    }

    private void fanout() {
        var seconds = medians.get("fan.runMillis.p50") / 1_000;
        json.put("elements", options.sizes().elements());
        json.put("seconds", seconds);
        json.put("runMillis", percentiles("fan.runMillis"));
        rows.put("fan-out to " + options.sizes().elements() + " and join", millis("fan.runMillis"));
        cpuPerThousandRuns("fan");
        payloads("fan");
        each("runMillisP50", "fan.runMillis.p50");
        json.put("ratios", new Json().put("secondsOfCommitted0_08", seconds / 0.08));
        others("fan");
    }

    private void enqueue() {
        var rate = medians.get("queue.startsPerSecond");
        json.put("startsPerSecond", rate);
        rows.put("bulk starts", number(rate) + " /s");
        json.put("queuedRuns", medians.get("queue.ended"));
        rows.put("queued runs", number(medians.get("queue.ended")));
        json.put("drainedRunsPerSecond", medians.get("drain.runsPerSecond"));
        rows.put("then emptied at", number(medians.get("drain.runsPerSecond")) + " /s");
        medians.find("queue.secondsBehind").ifPresent(behind -> {
            json.put("secondsBehind", behind);
            rows.put("lists behind at the end", "%.1f s".formatted(behind));
        });
        cpuPerThousandRuns("queue");
        payloads("queue");
        each("startsPerSecond", "queue.startsPerSecond");
        json.put("ratios", new Json().put("ofCommitted50000", rate / 50_000));
        others("queue");
    }

    private void cpuPerThousandRuns(String phase) {
        var cpu = new Json();
        var total = 0d;
        var missing = false;
        var row = new StringBuilder();
        for (var process : PROCESSES) {
            var perThousand = perThousandRuns(phase + ".cpu." + process, phase);
            cpu.put(process, perThousand);
            missing |= perThousand.isEmpty();
            total += perThousand.orElse(0d);
            row.append(row.isEmpty() ? "" : ", ")
                    .append(process)
                    .append(' ')
                    .append(perThousand.map(Report::number).orElse("unknown"));
        }
        if (missing) {
            cpu.put("reason", "CPU time is read from /proc, for processes that the benchmark started itself.");
        } else {
            cpu.put("total", total);
        }
        json.put("cpuSecondsPerThousandRuns", cpu);
        rows.put("CPU s per 1,000 runs", row.toString());
        written(phase);
    }

    /** What the database wrote for each run: to its log, which is what the disk sees, and in how many transactions. */
    private void written(String phase) {
        perThousandRuns(phase + ".postgres.walBytes", phase)
                .ifPresent(bytes -> json.put("walBytesPerRun", bytes / 1_000));
        perThousandRuns(phase + ".postgres.commits", phase)
                .ifPresent(commits -> json.put("runsPerCommit", 1_000 / commits));
    }

    private Optional<Double> perThousandRuns(String name, String phase) {
        if (medians.find(name).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(median(repeat -> repeat.get(name) * 1_000 / repeat.get(phase + ".ended")));
    }

    /** What share of the machine other processes had while we measured: above a few percent, rates are lower bounds. */
    private void others(String phase) {
        var ours = PROCESSES.stream().map(process -> phase + ".cpu." + process).toList();
        if (medians.find(phase + ".cpu.machine").isEmpty()
                || ours.stream().anyMatch(name -> medians.find(name).isEmpty())) {
            json.put("cpuShareOfOthers", Optional.empty());
            return;
        }
        var cpus = Runtime.getRuntime().availableProcessors();
        var share = median(repeat -> Math.max(
                0,
                (repeat.get(phase + ".cpu.machine")
                                - ours.stream().mapToDouble(repeat::get).sum())
                        / (repeat.get(phase + ".cpu.wall") * cpus)));
        json.put("cpuShareOfOthers", Optional.of(share));
        rows.put("CPU used by others", Math.round(share * 100) + " %");
    }

    private double median(ToDoubleFunction<Figures> figure) {
        return Figures.medians(repeats.stream()
                        .map(repeat -> Figures.none().with("it", figure.applyAsDouble(repeat)))
                        .toList())
                .get("it");
    }

    private void payloads(String phase) {
        json.put("payloadBytes", Math.round(medians.get(phase + ".inputBytes")));
        json.put("resultBytes", Math.round(medians.get(phase + ".resultBytes")));
    }

    private void each(String name, String figure) {
        json.put(
                name + "OfEachRepeat",
                repeats.stream().mapToDouble(repeat -> repeat.get(figure)).toArray());
    }

    private Json percentiles(String name) {
        return new Json()
                .put("p50", medians.get(name + ".p50"))
                .put("p95", medians.get(name + ".p95"))
                .put("p99", medians.get(name + ".p99"))
                .put("max", medians.get(name + ".max"));
    }

    private String millis(String name) {
        return "p50 " + number(medians.get(name + ".p50")) + " ms, p95 " + number(medians.get(name + ".p95"))
                + " ms, p99 " + number(medians.get(name + ".p99")) + " ms";
    }

    private static String number(double value) {
        return value >= 100
                ? String.format(Locale.ROOT, "%,d", Math.round(value))
                : String.format(Locale.ROOT, "%.3g", value);
    }
}
