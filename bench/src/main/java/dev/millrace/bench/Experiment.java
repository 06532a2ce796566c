package dev.millrace.bench;

import dev.millrace.bench.Benchmark.Phase;
import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.ControlPlane;
import dev.millrace.bench.processes.CpuAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Conducts a benchmark: warms up, then measures again and again, with the processes' CPU time beside each measurement. For
 * one thread.
 */
final class Experiment {
    /** How much longer than the measurement itself a phase may take: runs in flight end, a slow machine catches up. */
    private static final Duration SLACK = Duration.ofMinutes(2);
    /** After a measurement what was deferred is written: its cost belongs to the measurement, and not to the next one. */
    private static final Duration SETTLING = Duration.ofSeconds(1);
    /** At the latest then images have caught up with the journal. */
    private static final Duration CATCHING_UP = Duration.ofMinutes(2);

    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Options options;
    private final ControlPlane controlPlane;
    private final Child worker;
    private final Child load;
    private final Consumer<String> progress;
    private long failed;

    Experiment(Options options, ControlPlane controlPlane, Child worker, Child load, Consumer<String> progress) {
        this.options = options;
        this.controlPlane = controlPlane;
        this.worker = worker;
        this.load = load;
        this.progress = progress;
    }

    /** One element per repeat, each with the figures of all phases and the CPU seconds that the processes used. */
    List<Figures> conduct() {
        if (!options.timing().warmUp().isZero()) {
            progress.accept("warming up for " + options.timing().warmUp().toSeconds() + " s");
            warmUp();
            settle();
        }
        var repeats = new ArrayList<Figures>();
        for (int repeat = 1; repeat <= options.timing().repeats(); repeat++) {
            var figures = Figures.none();
            for (var phase : options.benchmark().phases()) {
                var account = CpuAccount.open(controlPlane, worker, load);
                var measured = measure(phase, options.timing().length());
                var settled = settle();
                figures = figures.and(measured.and(settled).and(account.close()).under(phase.word()));
            }
            progress.accept("measurement " + repeat + " of " + options.timing().repeats() + ": " + figures.line());
            repeats.add(figures);
        }
        return repeats;
    }

    /** Goes through the phases as often as there is time for: one that ends early, as a full queue does, has not warmed up enough. */
    private void warmUp() {
        var phases = options.benchmark().phases();
        long end = System.nanoTime() + options.timing().warmUp().toNanos();
        var length = min(options.timing().length(), options.timing().warmUp().dividedBy(phases.size()));
        do {
            for (var phase : phases) {
                measure(phase, length);
            }
        } while (System.nanoTime() < end);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** Runs that could not be started or did not end well, in all measurements and the warm-up. */
    long failed() {
        return failed;
    }

    private Figures measure(Phase phase, Duration length) {
        switch (phase) {
            case QUEUE -> tellWorker(WorkerProcess.HOLD);
            case DRAIN -> tellWorker(WorkerProcess.LET_GO);
            case FLOOD, STEADY, ALONE, TOGETHER, FAN -> {
                // The worker works on.
            }
        }
        load.tell(phase + " " + length.toMillis());
        var figures = Figures.parse(load.answer(length.plus(SLACK)));
        var failures = Math.round(figures.get("failed"));
        if (failures > 0) {
            progress.accept(failures + " runs failed in the phase " + phase.word() + load.lastWords());
        }
        failed += failures;
        return figures;
    }

    /**
     * Lets what was deferred be written. How long the images need to catch up says how much of the work was put off while the rate was
     * measured.
     */
    private Figures settle() {
        long began = System.nanoTime();
        var postgres = controlPlane.postgres();
        if (postgres.isPresent() && !postgres.get().awaitProjected(CATCHING_UP)) {
            throw new IllegalStateException("The images are still behind the journal " + CATCHING_UP.toSeconds()
                    + " s after the load has ended.");
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        sleep(SETTLING);
        return Figures.none().with("secondsBehind", postgres.isPresent() ? seconds : 0);
    }

    private void tellWorker(String word) {
        worker.tell(word);
        worker.answer(ANSWER);
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The benchmark was interrupted.", e);
        }
    }
}
