package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.TrialProcess.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What limits add to the start of a run: one-step runs at a fixed rate without any, and with four on their way that nothing ever
 * has to wait for (of runs by key, of steps, and two rate limits, one of them by key), in turn.
 */
public final class Limits implements Trial {
    private static final Duration SLACK = Duration.ofMinutes(2);

    private final Sizes sizes;

    public Limits(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var crowd = Crowd.join(scene, ground.controlPlane(), sizes.slots());
        if (!sizes.warmUp().isZero()) {
            scene.tell("warming up for " + sizes.warmUp().toSeconds() + " s");
            both(crowd, sizes.warmUp().dividedBy(2));
        }
        var repeats = new ArrayList<Figures>();
        for (int repeat = 1; repeat <= sizes.repeats(); repeat++) {
            var figures = both(crowd, sizes.length());
            scene.tell("measurement " + repeat + " of " + sizes.repeats() + ": " + figures.line());
            repeats.add(figures);
        }
        return report(sizes, repeats, ground.environment());
    }

    private Figures both(Crowd crowd, Duration length) {
        return start(crowd, Order.STEADY, length)
                .under("without")
                .and(start(crowd, Order.LIMITED, length).under("with"));
    }

    private Figures start(Crowd crowd, Order order, Duration length) {
        return crowd.tell(length.plus(SLACK), order, sizes.rate(), length.toMillis());
    }

    static Findings report(Sizes sizes, List<Figures> repeats, Json environment) {
        var medians = Figures.medians(repeats);
        // Of each repeat by itself: both halves of one have met the same machine.
        var added = Figures.medians(repeats.stream().map(Limits::added).toList());
        var findings = new Findings("limits");
        findings.json()
                .put("limits", 4)
                .put("startsPerSecond", sizes.rate())
                .put("addedMillis", new Json().put("p50", added.get("p50")).put("p99", added.get("p99")))
                .put("startMillisWithout", percentiles(medians, "without"))
                .put("startMillisWith", percentiles(medians, "with"))
                .put("ratios", new Json().put("ofCommitted1", added.get("p50")))
                .put(
                        "method",
                        new Json()
                                .put(
                                        "limits",
                                        "of runs by key, of steps, two rate limits of which one by key; never reached")
                                .put("statistic", "median over the repeats of the difference of their halves")
                                .put("repeats", sizes.repeats())
                                .put("secondsPerMeasurement", sizes.length().toSeconds())
                                .put("warmUpSeconds", sizes.warmUp().toSeconds())
                                .put("workerSlots", sizes.slots()))
                .put("environment", environment);
        findings.row("four limits add", Findings.number(added.get("p50")) + " ms at p50")
                .row("start without", row(medians, "without"))
                .row("start with", row(medians, "with"))
                .row(
                        "",
                        "at " + sizes.rate() + " starts/s; median of " + sizes.repeats() + " measurements of "
                                + sizes.length().toSeconds() + " s");
        double failed = repeats.stream()
                .mapToDouble(r -> r.get("without.failed") + r.get("with.failed"))
                .sum();
        return failed == 0
                ? findings
                : findings.problem(Math.round(failed) + " runs failed, so these figures say nothing.");
    }

    private static Figures added(Figures repeat) {
        var added = Figures.none();
        for (var percentile : List.of("p50", "p99")) {
            added = added.with(
                    percentile,
                    repeat.get("with.startMillis." + percentile) - repeat.get("without.startMillis." + percentile));
        }
        return added;
    }

    private static Json percentiles(Figures medians, String half) {
        var json = new Json();
        for (var percentile : List.of("p50", "p95", "p99", "max")) {
            json.put(percentile, medians.get(half + ".startMillis." + percentile));
        }
        return json;
    }

    private static String row(Figures medians, String half) {
        return "p50 " + Findings.number(medians.get(half + ".startMillis.p50")) + " ms, p99 "
                + Findings.number(medians.get(half + ".startMillis.p99")) + " ms";
    }
}
