package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.CpuAccount;
import dev.millrace.bench.processes.OwnControlPlane;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.SleepersProcess.Task;
import dev.millrace.bench.workflows.Receipt;
import java.time.Duration;
import java.util.List;

/**
 * A million runs that sleep in a durable step, with a control plane of little memory: how fast they are brought to sleep, what each of
 * them takes while nothing happens, how soon some of them go on whose time comes at one instant, and whether all are still there.
 */
public final class Sleeping implements Trial {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LONGEST_START = Duration.ofMinutes(30);
    private static final Duration LONGEST_SETTLING = Duration.ofMinutes(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Duration LONGEST_WAKING = Duration.ofMinutes(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    /** Requests are remembered for a minute; what they take is not the runs'. */
    private static final Duration MEMORY_OF_REQUESTS = Duration.ofSeconds(70);
    /** One of so many runs wakes up. */
    private static final int ONE_OF = 100;

    private final Sizes sizes;

    public Sleeping(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var process = scene.with(Child.start(
                "worker",
                Programs.ofThisProgram(
                        SleepersProcess.class, Scene.jvm("worker"), List.of(Integer.toString(sizes.slots()))),
                ground.controlPlane().environment(),
                scene.directory().resolve("worker.log")));
        process.answer(START);
        try (var house = new Dormitory(ground.controlPlane(), ground.gc())) {
            int sample = Math.max(1, sizes.runs() / ONE_OF);
            // What every virtual machine loads with its first runs is no run's own.
            tell(process, LONGEST_START, Task.START, Math.min(1_000, sizes.runs()));
            settle(scene, house);
            long emptyBytes = house.liveBytes();
            long before = house.asleep();
            var figures = lieDown(scene, ground.controlPlane(), process, house, sizes.runs() - sample);
            long due = Receipt.nowMicros() + sizes.length().toNanos() / 1_000;
            tell(process, LONGEST_START, Task.SAMPLE, sample, due);
            figures = figures.and(settle(scene, house));
            Recovery.pause(MEMORY_OF_REQUESTS);
            figures = figures.with("asleep", house.asleep() - before)
                    .with("bytesPerRun", (house.liveBytes() - emptyBytes) / (double) sizes.runs());
            scene.tell(sample + " runs wake up in " + Math.max(0, (due - Receipt.nowMicros()) / 1_000_000) + " s");
            figures = figures.and(tell(process, LONGEST_WAKING, Task.WOKEN, patience(due)));
            figures = figures.with("left", house.asleep() - before).with("sample", sample);
            scene.tell(figures.line());
            return report(figures, ground.gc(), ground.environment());
        }
    }

    private static long patience(long dueMicros) {
        return Math.max(0, (dueMicros - Receipt.nowMicros()) / 1_000_000) + LONGEST_PAUSE.toSeconds();
    }

    private Figures lieDown(Scene scene, OwnControlPlane controlPlane, Child process, Dormitory house, int runs) {
        var account = CpuAccount.open(controlPlane, process);
        long began = System.nanoTime();
        int most = Math.max(1, runs / 10);
        for (int started = 0; started < runs; started += most) {
            var figures = tell(process, LONGEST_START, Task.START, Math.min(most, runs - started));
            scene.tell(Findings.number(Math.min(runs, started + most)) + " of " + Findings.number(runs)
                    + " runs started, " + Findings.number(figures.get("startsPerSecond")) + " /s");
        }
        var settled = settle(scene, house);
        double seconds = (System.nanoTime() - began) / 1e9;
        return account.close().with("sleepersPerSecond", runs / seconds).and(settled);
    }

    /** Waits until only those are in memory that have to be there. */
    private static Figures settle(Scene scene, Dormitory house) {
        long began = System.nanoTime();
        var awake = house.awake();
        while (awake > 0 && System.nanoTime() - began < LONGEST_SETTLING.toNanos()) {
            Recovery.pause(LOOK_AGAIN);
            awake = house.awake();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        scene.tell("all asleep but " + Math.round(awake) + " after " + Findings.number(seconds) + " s more");
        return Figures.none().with("awake", awake).with("secondsToSettle", seconds);
    }

    private static Figures tell(Child process, Duration limit, Task task, long... numbers) {
        var line = new StringBuilder(task.name());
        for (var number : numbers) {
            line.append(' ').append(number);
        }
        process.tell(line.toString());
        return Figures.parse(process.answer(limit));
    }

    private Findings report(Figures found, GcLog gc, Json environment) {
        long sample = Math.round(found.get("sample"));
        long lost =
                Math.round(found.get("silent")) + Math.max(0, sizes.runs() - sample - Math.round(found.get("left")));
        long failed = Math.round(found.get("failed"));
        double wake = found.find("late.max").orElse(0.0) / 1e3;
        var findings = new Findings("sleeping");
        findings.json()
                .put("runs", sizes.runs())
                .put("asleepAtOnce", Math.round(found.get("asleep")))
                .put("heapMegabytesMax", gc.max())
                .put("heapMegabytesMaxAfterCollection", gc.maxAfter())
                .put("heapMegabytesLimit", sizes.heapMegabytes())
                .put("bytesPerRun", found.get("bytesPerRun"))
                .put("runsInMemoryWhileAllSleep", Math.round(found.get("awake")))
                .put("secondsToWake", wake)
                .put("wakeMillisP50", found.find("late.p50").orElse(0.0))
                .put("woken", sample)
                .put("tooEarly", Math.round(found.find("tooEarly").orElse(0.0)))
                .put("lost", lost)
                .put("failedRuns", failed)
                .put("sleepersPerSecond", found.get("sleepersPerSecond"))
                .put("cpuMicrosPerRun", perRun(found, sizes.runs() - sample))
                .put(
                        "method",
                        new Json()
                                .put(
                                        "sleep",
                                        "a durable step that sleeps for 30 days; one of " + ONE_OF
                                                + " sleeps until the same instant, when all the others are asleep")
                                .put("secondsToWake", "from that instant until the last of these has gone on")
                                .put("bytesPerRun", "heap after a full collection, less that before the runs")
                                .put("workerSlots", sizes.slots()))
                .put("environment", environment);
        findings.row("sleeping runs", Findings.number(found.get("asleep")))
                .row(
                        "heap of the control plane",
                        "at most " + gc.max() + " MB, after a collection at most " + gc.maxAfter() + " MB, limit "
                                + sizes.heapMegabytes() + " MB")
                .row("of it for each run", Findings.number(found.get("bytesPerRun")) + " bytes")
                .row("runs in memory while all sleep", Findings.number(found.get("awake")))
                .row("brought to sleep", Findings.number(found.get("sleepersPerSecond")) + " runs/s")
                .row("of " + Findings.number(sample) + " the last went on after", Findings.number(wake) + " s")
                .row("lost", Long.toString(lost))
                .row("failed", Long.toString(failed));
        if (lost + failed > 0 || found.find("tooEarly").orElse(0.0) > 0) {
            findings.problem(
                    "Of the acknowledged runs " + lost + " were lost, " + failed
                            + " failed, and some may have gone on too early. None of it may happen: this is a defect of Millrace.");
        }
        return findings;
    }

    private static Json perRun(Figures found, long runs) {
        var json = new Json();
        for (var name : List.of("cpu.controlPlane", "cpu.postgres", "cpu.worker")) {
            found.find(name).ifPresent(seconds -> json.put(name.substring("cpu.".length()), seconds * 1e6 / runs));
        }
        return json;
    }
}
