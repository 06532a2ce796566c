package dev.millrace.bench;

import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.ControlPlane;
import dev.millrace.bench.processes.Machine;
import dev.millrace.bench.processes.OwnControlPlane;
import dev.millrace.bench.processes.PostgresAccount;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The processes of a benchmark that measures again and again. For one thread. */
final class Stage implements AutoCloseable {
    private static final Duration WORKER_START = Duration.ofSeconds(60);

    private final Options options;
    private final Consumer<String> progress;
    private final Scene scene;
    private final ControlPlane controlPlane;
    private final Child worker;
    private final Child load;

    private Stage(Options options, Consumer<String> progress, Scene scene) {
        this.options = options;
        this.progress = progress;
        this.scene = scene;
        var directory = scene.directory();
        progress.accept("starting the control plane, a worker and a load process; their logs are in " + directory);
        this.controlPlane = scene.with(
                options.url().isPresent()
                        ? new ControlPlane.Running(options.url().get())
                        : OwnControlPlane.start(Programs.controlPlane(), Scene.jvm("controlPlane"), directory));
        this.worker = scene.with(Child.start(
                "worker",
                Programs.ofThisProgram(
                        WorkerProcess.class,
                        Scene.jvm("worker"),
                        List.of(Integer.toString(options.sizes().slots()))),
                controlPlane.environment(),
                directory.resolve("worker.log")));
        worker.answer(WORKER_START);
        this.load = scene.with(Child.start(
                "load",
                Programs.ofThisProgram(
                        LoadProcess.class,
                        Scene.jvm("load"),
                        List.of(
                                Integer.toString(options.sizes().window()),
                                Integer.toString(options.sizes().rate()),
                                Integer.toString(options.sizes().elements()))),
                controlPlane.environment(),
                directory.resolve("load.log")));
    }

    /**
     * Starts the processes.
     *
     * @param progress told what is going on
     */
    static Stage set(Options options, Consumer<String> progress) {
        var scene = Scene.open(progress);
        try {
            return new Stage(options, progress, scene);
        } catch (RuntimeException e) {
            scene.close();
            throw e;
        }
    }

    /** Measures, and reports what was found. */
    Report measure() {
        var environment = Machine.facts(scene.directory());
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
        scene.close();
    }
}
