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
    /** After a measurement what was deferred is written: its cost belongs to the measurement. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

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
            for (var phase : options.benchmark().phases()) {
                measure(
                        phase,
                        options.timing()
                                .warmUp()
                                .dividedBy(options.benchmark().phases().size()));
            }
            sleep(SETTLING);
        }
        var repeats = new ArrayList<Figures>();
        for (int repeat = 1; repeat <= options.timing().repeats(); repeat++) {
            var figures = Figures.none();
            for (var phase : options.benchmark().phases()) {
                var account = CpuAccount.open(controlPlane, worker, load);
                var measured = measure(phase, options.timing().length());
                sleep(SETTLING);
                figures = figures.and(measured.and(account.close()).under(phase.word()));
            }
            progress.accept("measurement " + repeat + " of " + options.timing().repeats() + ": " + figures.line());
            repeats.add(figures);
        }
        return repeats;
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
