package dev.millrace.bench;

import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.ControlPlane;
import dev.millrace.bench.processes.Machine;
import dev.millrace.bench.processes.OwnControlPlane;
import dev.millrace.bench.processes.PostgresAccount;
import dev.millrace.bench.processes.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The processes of one benchmark and the directory for their data and logs; closing it ends the former and removes the
 * latter. For one thread.
 */
final class Stage implements AutoCloseable {
    private static final Duration WORKER_START = Duration.ofSeconds(60);

    private final Options options;
    private final Consumer<String> progress;
    private final Path directory;
    private final Thread hook = new Thread(this::clear, "bench-shutdown");
    private ControlPlane controlPlane;
    private Child worker;
    private Child load;
    private boolean cleared;

    private Stage(Options options, Consumer<String> progress) throws IOException {
        this.options = options;
        this.progress = progress;
        this.directory = Files.createTempDirectory("millrace-bench");
    }

    /**
     * Starts the processes.
     *
     * @param progress told what is going on
     */
    static Stage set(Options options, Consumer<String> progress) {
        try {
            var stage = new Stage(options, progress);
            Runtime.getRuntime().addShutdownHook(stage.hook);
            try {
                stage.start();
                return stage;
            } catch (RuntimeException e) {
                stage.close();
                throw e;
            }
        } catch (IOException e) {
            throw new BenchException("There is no directory for temporary files: " + e.getMessage() + ".", e);
        }
    }

    private void start() {
        progress.accept("starting the control plane, a worker and a load process; their logs are in " + directory);
        controlPlane = options.url().isPresent()
                ? new ControlPlane.Running(options.url().get())
                : OwnControlPlane.start(Programs.controlPlane(), jvm("controlPlane"), directory);
        worker = Child.start(
                "worker",
                Programs.ofThisProgram(
                        WorkerProcess.class,
                        jvm("worker"),
                        List.of(Integer.toString(options.sizes().slots()))),
                controlPlane.environment(),
                directory.resolve("worker.log"));
        worker.answer(WORKER_START);
        load = Child.start(
                "load",
                Programs.ofThisProgram(
                        LoadProcess.class,
                        jvm("load"),
                        List.of(
                                Integer.toString(options.sizes().window()),
                                Integer.toString(options.sizes().rate()),
                                Integer.toString(options.sizes().elements()))),
                controlPlane.environment(),
                directory.resolve("load.log"));
    }

    /** More options for the virtual machine of a process, for profiling: {@code -Dmillrace.bench.jvm.worker=…}. */
    private static List<String> jvm(String process) {
        var options = System.getProperty("millrace.bench.jvm." + process, "").trim();
        return options.isEmpty() ? List.of() : List.of(options.split(" +"));
    }

    /** Measures, and reports what was found. */
    Report measure() {
        var environment = Machine.facts(directory);
        environment.put(
                "postgres",
                controlPlane
                        .postgres()
                        .map(PostgresAccount::facts)
                        .orElseGet(() -> new Json()
                                .put("kind", "that of " + options.url().orElseThrow())));
        var experiment = new Experiment(options, controlPlane, worker, load, progress);
        var repeats = experiment.conduct();
        return Report.of(options, repeats, experiment.failed(), environment);
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already.
        }
    }

    private synchronized void clear() {
        if (cleared) {
            return;
        }
        cleared = true;
        for (AutoCloseable process : new AutoCloseable[] {load, worker, controlPlane}) {
            if (process != null) {
                try {
                    process.close();
                } catch (Exception e) {
                    progress.accept("a process could not be stopped: " + e);
                }
            }
        }
        delete();
    }

    private void delete() {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            progress.accept("the directory " + directory + " could not be removed: " + e.getMessage());
        }
    }
}
