package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.TrialProcess.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The same load twice: as many one-step runs as go, once with a few in flight, once behind a queue of a million of the same
 * workflow, with a control plane of little memory. As many are started as are done, so the queue stays as long as it is.
 */
public final class Backlog implements Trial {
    private static final Duration LONGEST_FILL = Duration.ofMinutes(30);
    private static final Duration SLACK = Duration.ofMinutes(2);
    private static final Duration STEP = Duration.ofSeconds(10);

    private final Sizes sizes;

    public Backlog(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var crowd = Crowd.join(scene, ground.controlPlane(), sizes.slots());
        if (!sizes.warmUp().isZero()) {
            scene.tell("warming up for " + sizes.warmUp().toSeconds() + " s");
            keep(crowd, sizes.window(), sizes.warmUp());
        }
        var empty = measure(scene, crowd, "empty", sizes.window());
        fill(scene, crowd);
        crowd.tell(Order.LET_GO);
        var full = measure(scene, crowd, "full", sizes.runs());
        return report(empty, full, ground.gc(), ground.environment());
    }

    private void fill(Scene scene, Crowd crowd) {
        crowd.tell(Order.HOLD);
        int most = Math.max(1, sizes.runs() / 10);
        for (int queued = 0; queued < sizes.runs(); queued += most) {
            var runs = Math.min(most, sizes.runs() - queued);
            var figures = crowd.tell(LONGEST_FILL, Order.FILL, runs, 0);
            scene.tell(Findings.number(queued + runs) + " of " + Findings.number(sizes.runs()) + " runs queued, "
                    + Findings.number(figures.get("startsPerSecond")) + " /s");
        }
    }

    private List<Figures> measure(Scene scene, Crowd crowd, String name, int level) {
        // What the queue before has left behind in both processes does not belong to this one.
        keep(crowd, level, STEP);
        var repeats = new ArrayList<Figures>();
        for (int repeat = 1; repeat <= sizes.repeats(); repeat++) {
            var figures = keep(crowd, level, sizes.length());
            scene.tell(name + ", measurement " + repeat + " of " + sizes.repeats() + ": " + figures.line());
            repeats.add(figures);
        }
        return repeats;
    }

    private static Figures keep(Crowd crowd, int level, Duration length) {
        return crowd.tell(length.plus(SLACK), Order.KEEP, level, length.toMillis());
    }

    private Findings report(List<Figures> empty, List<Figures> full, GcLog gc, Json environment) {
        var emptyRate = Figures.medians(empty).get("runsPerSecond");
        var fullRate = Figures.medians(full).get("runsPerSecond");
        var findings = new Findings("backlog");
        findings.json()
                .put("queuedRuns", sizes.runs())
                .put("runsPerSecondEmpty", emptyRate)
                .put("runsPerSecondFull", fullRate)
                .put("ratioToEmpty", fullRate / emptyRate)
                .put("heapMegabytesMax", gc.max())
                .put("heapMegabytesMaxAfterCollection", gc.maxAfter())
                .put("heapMegabytesLimit", sizes.heapMegabytes())
                .put("runsPerSecondEmptyOfEachRepeat", rates(empty))
                .put("runsPerSecondFullOfEachRepeat", rates(full))
                .put(
                        "method",
                        new Json()
                                .put("queue", "runs of the measured workflow itself; as many are started as are done")
                                .put("window", sizes.window())
                                .put("statistic", "median over the repeats")
                                .put("repeats", sizes.repeats())
                                .put("secondsPerMeasurement", sizes.length().toSeconds())
                                .put("warmUpSeconds", sizes.warmUp().toSeconds())
                                .put("workerSlots", sizes.slots()))
                .put("environment", environment);
        return findings.row(
                        "with " + Findings.number(sizes.window()) + " in flight",
                        Findings.number(emptyRate) + " runs/s")
                .row("with " + Findings.number(sizes.runs()) + " queued", Findings.number(fullRate) + " runs/s")
                .row("ratio", Findings.number(fullRate / emptyRate))
                .row(
                        "heap of the control plane",
                        "at most " + gc.max() + " MB, after a collection at most " + gc.maxAfter() + " MB, limit "
                                + sizes.heapMegabytes() + " MB")
                .row(
                        "",
                        "medians of " + sizes.repeats() + " measurements of "
                                + sizes.length().toSeconds() + " s after "
                                + sizes.warmUp().toSeconds() + " s of warm-up");
    }

    private static double[] rates(List<Figures> repeats) {
        return repeats.stream()
                .mapToDouble(repeat -> repeat.get("runsPerSecond"))
                .toArray();
    }
}
