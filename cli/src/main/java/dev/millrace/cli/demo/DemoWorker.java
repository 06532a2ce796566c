package dev.millrace.cli.demo;

import dev.millrace.cli.CliException;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.process.ChildProcess;
import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.Installation;
import dev.millrace.cli.process.Jvm;
import dev.millrace.cli.process.ServerFiles;
import dev.millrace.cli.process.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A sample's worker process. When it dies another one takes its place, as a service manager would do it; the control
 * plane gives the steps it held to the next one. For one thread.
 */
final class DemoWorker {
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofMillis(25);
    private static final int MOST_REPLACEMENTS = 3;
    private final String sample;
    private final Path jar;
    private final ServerFiles controlPlane;
    private final Workspace workspace;
    private final Children children;
    private final Consumer<String> notes;
    private final Map<String, String> surroundings;
    private ChildProcess process;
    private int replacements;

    /**
     * One that has not begun.
     *
     * @param sample whose worker it is; it writes that it serves the workflow of that name
     * @param surroundings variables of its environment that say where other systems are
     */
    DemoWorker(
            String sample,
            Installation installation,
            ServerFiles controlPlane,
            Workspace workspace,
            Children children,
            Map<String, String> surroundings,
            Consumer<String> notes) {
        this.surroundings = Map.copyOf(surroundings);
        this.sample = sample;
        this.jar = installation.sampleWorker(sample);
        this.controlPlane = controlPlane;
        this.workspace = workspace;
        this.children = children;
        this.notes = notes;
    }

    ChildProcess process() {
        return process;
    }

    /** Begins to start it; see {@link #awaitReady}. */
    void start() {
        var command = new ArrayList<String>();
        command.add(Jvm.executable());
        command.addAll(Jvm.QUICK_START);
        command.addAll(List.of("-jar", jar.toString()));
        process = children.add(
                ChildProcess.start(sample + " worker", command, this::addressOfControlPlane, workspace.log("worker")),
                GRACE);
        workspace.remember(process.handle());
    }

    /**
     * Returns when it serves.
     *
     * @throws CliException if it ends before, or does not serve within a minute
     */
    void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + START_DEADLINE.toNanos();
        while (!process.hasSaid("Serving " + sample)) {
            if (process.awaitEnd(PAUSE)) {
                throw new CliException(ExitCode.ERROR, process.obituary());
            }
            if (System.nanoTime() > deadline) {
                throw new CliException(
                        ExitCode.ERROR,
                        "The worker did not serve within " + START_DEADLINE.toSeconds() + " s. Its log is "
                                + process.log() + ".");
            }
        }
    }

    /** Replaces it if it is gone, without waiting for the new one. */
    void keepAlive() {
        if (process.isAlive() || children.isStopping()) {
            return;
        }
        if (replacements == MOST_REPLACEMENTS) {
            throw new CliException(ExitCode.ERROR, process.obituary());
        }
        replacements++;
        notes.accept("The worker (process " + process.handle().pid()
                + ") is gone; starting another one. What it held is tried again when its grace is over.");
        start();
    }

    private void addressOfControlPlane(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        environment.put("MILLRACE_URL", controlPlane.http().toString());
        environment.put("MILLRACE_TOKEN", controlPlane.token());
        environment.putAll(surroundings);
    }
}
