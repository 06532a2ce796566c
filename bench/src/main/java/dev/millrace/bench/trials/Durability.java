package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.PatientProcess.Task;
import java.time.Duration;
import java.util.List;

/**
 * What durable code costs: how soon it goes on after an event, on its worker, after it had left it, and among a hundred thousand others that
 * wait; what a checkpoint takes; and how soon code goes on that has a thousand of them.
 */
public final class Durability implements Trial {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LONGEST_FILLING = Duration.ofMinutes(12);
    private static final Duration SLACK = Duration.ofSeconds(60);
    private static final Duration LONGEST_SETTLING = Duration.ofMinutes(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final int CHECKPOINTS = 1_000;
    private static final int STARTS = 500;
    /** Runs of a thousand checkpoints; they go on one after the other. */
    private static final int LOOPS = 10;

    private static final int LOOPS_A_SECOND = 4;

    private final Sizes sizes;

    public Durability(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var process = scene.with(Child.start(
                "worker",
                Programs.ofThisProgram(
                        PatientProcess.class, Scene.jvm("worker"), List.of(Integer.toString(sizes.slots()))),
                ground.controlPlane().environment(),
                scene.directory().resolve("worker.log")));
        process.answer(START);
        try (var house = new Dormitory(ground.controlPlane(), ground.gc())) {
            if (!sizes.warmUp().isZero()) {
                scene.tell("warming up for " + sizes.warmUp().toSeconds() + " s and more");
                warmUp(process, house);
            }
            scene.tell("measuring checkpoints");
            var acknowledged = tell(process, SLACK, Task.ACKNOWLEDGE, STARTS);
            var stored = tell(process, LONGEST_FILLING, Task.FILL, LOOPS, CHECKPOINTS, 1);
            settle(house);
            var looped = tell(process, SLACK, Task.PUBLISH, LOOPS_A_SECOND, LOOPS * 1_000L / LOOPS_A_SECOND);
            scene.tell("measuring code that has left its worker: " + stored.line() + " " + looped.line());
            var evicted = leaveAndPublish(process, house, some(), sizes.length());
            scene.tell("measuring code that has stayed on its worker: " + evicted.line());
            var warm = tell(
                    process,
                    sizes.length(),
                    Task.WARM,
                    sizes.rate(),
                    sizes.length().toMillis());
            scene.tell("starting " + Findings.number(sizes.runs()) + " runs that wait: " + warm.line());
            var many = leaveAndPublish(process, house, sizes.runs(), sizes.length());
            scene.tell("among " + Findings.number(sizes.runs()) + " that wait: " + many.line());
            return report(sizes, new Found(warm, evicted, acknowledged, stored, looped, many), ground.environment());
        }
    }

    /** What was found where. */
    record Found(Figures warm, Figures evicted, Figures acknowledged, Figures stored, Figures looped, Figures many) {
        double failed() {
            return warm.get("failed") + evicted.get("failed") + looped.get("failed") + many.get("failed");
        }
    }

    private int some() {
        return (int) Math.max(1, sizes.rate() * sizes.length().toMillis() / 1_000);
    }

    private void warmUp(Child process, Dormitory house) {
        var third = sizes.warmUp().dividedBy(3);
        tell(process, third, Task.WARM, sizes.rate(), third.toMillis());
        leaveAndPublish(process, house, (int) Math.max(1, sizes.rate() * third.toMillis() / 1_000), third);
        tell(process, LONGEST_FILLING, Task.FILL, 2, CHECKPOINTS, 1);
        leaveAndPublish(process, house, 1, third);
    }

    private Figures leaveAndPublish(Child process, Dormitory house, int runs, Duration length) {
        var filled = tell(process, LONGEST_FILLING, Task.FILL, runs, 0, 0);
        settle(house);
        return filled.and(tell(process, length, Task.PUBLISH, sizes.rate(), length.toMillis()));
    }

    /** Waits until all that wait have left their worker, and the memory of the control plane. */
    private static void settle(Dormitory house) {
        long began = System.nanoTime();
        while (house.awake() > 0) {
            if (System.nanoTime() - began > LONGEST_SETTLING.toNanos()) {
                throw new BenchException("Runs that wait are still in the memory of the control plane "
                        + LONGEST_SETTLING.toSeconds() + " s after they began to.");
            }
            Recovery.pause(LOOK_AGAIN);
        }
    }

    private static Figures tell(Child process, Duration length, Task task, long... numbers) {
        var line = new StringBuilder(task.name());
        for (var number : numbers) {
            line.append(' ').append(number);
        }
        process.tell(line.toString());
        return Figures.parse(process.answer(length.plus(SLACK)));
    }

    static Findings report(Sizes sizes, Found found, Json environment) {
        var findings = new Findings("durable");
        findings.json()
                .put("resumeWarmMillis", millis(found.warm, "warmMillis"))
                .put("resumeEvictedMillis", millis(found.evicted, "evictedMillis"))
                .put("eventToResumeMillis", millis(found.many, "evictedMillis"))
                .put("waiting", sizes.runs())
                .put("checkpointMillis", millis(found.stored, "checkpointMillis"))
                .put("groupCommitMillis", millis(found.acknowledged, "acknowledgedMillis"))
                .put("loop1000ResumeMillis", millis(found.looped, "evictedMillis"))
                .put("waitersPerSecond", found.many.find("perSecond").orElse(0.0))
                .put("failedRuns", Math.round(found.failed()))
                .put(
                        "method",
                        new Json()
                                .put("event", "found by a value in it; published over REST at fixed instants")
                                .put("time", "from the instant at which it was due to the line after the wait")
                                .put("evicted", "the code has left its worker, and its run the control plane's memory")
                                .put("checkpoint", "one after the other, nothing else to be done")
                                .put("groupCommit", "a start of one run by itself, until it is acknowledged")
                                .put("loops", LOOPS)
                                .put("eventsPerSecond", sizes.rate())
                                .put("secondsPerMeasurement", sizes.length().toSeconds())
                                .put("warmUpSeconds", sizes.warmUp().toSeconds())
                                .put("workerSlots", sizes.slots()))
                .put("environment", environment);
        findings.row("goes on after an event, on its worker", row(found.warm, "warmMillis"))
                .row("… having left it", row(found.evicted, "evictedMillis"))
                .row("… among " + Findings.number(sizes.runs()) + " that wait", row(found.many, "evictedMillis"))
                .row("a checkpoint", row(found.stored, "checkpointMillis"))
                .row("  a start by itself, for comparison", row(found.acknowledged, "acknowledgedMillis"))
                .row(
                        "goes on with " + Findings.number(CHECKPOINTS) + " checkpoints",
                        row(found.looped, "evictedMillis"));
        if (found.failed() > 0) {
            return findings.problem(Math.round(found.failed()) + " runs did not go on after their event.");
        }
        double elsewhere = found.warm.get("evicted") + found.evicted.get("warm") + found.many.get("warm");
        return elsewhere == 0
                ? findings
                : findings.problem(
                        Math.round(elsewhere)
                                + " runs were measured in the wrong place: they had left their worker too early, or had not left it yet. Measure on a machine that does nothing else.");
    }

    private static Json millis(Figures figures, String name) {
        var json = new Json();
        for (var percentile : List.of("p50", "p99", "max")) {
            figures.find(name + "." + percentile).ifPresent(value -> json.put(percentile, value));
        }
        return json;
    }

    private static String row(Figures figures, String name) {
        return figures.find(name + ".p50")
                .map(p50 -> "p50 " + Findings.number(p50) + " ms, p99 " + Findings.number(figures.get(name + ".p99"))
                        + " ms")
                .orElse("not measured");
    }
}
