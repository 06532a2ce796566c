package dev.millrace.bench.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * A directory for the data and logs of a benchmark, and the processes that work in it. Closing it, or the end of this process,
 * ends the latter, the newest first, and removes the former. For one thread.
 */
public final class Scene implements AutoCloseable {
    private final Consumer<String> progress;
    private final Path directory;
    private final Deque<AutoCloseable> processes = new ArrayDeque<>();
    private final Thread hook = new Thread(this::clear, "bench-shutdown");
    private boolean cleared;

    private Scene(Path directory, Consumer<String> progress) {
        this.directory = directory;
        this.progress = progress;
    }

    /**
     * An empty one.
     *
     * @param progress told what is going on
     */
    public static Scene open(Consumer<String> progress) {
        try {
            var scene = new Scene(Files.createTempDirectory("millrace-bench"), progress);
            Runtime.getRuntime().addShutdownHook(scene.hook);
            return scene;
        } catch (IOException e) {
            throw new BenchException("There is no directory for temporary files: " + e.getMessage() + ".", e);
        }
    }

    /** Where everything is written. */
    public Path directory() {
        return directory;
    }

    /** Tells how far it is. */
    public void tell(String line) {
        progress.accept(line);
    }

    /** Has a process of the benchmark ended with the scene; it may be closed before. */
    public synchronized <P extends AutoCloseable> P with(P process) {
        processes.push(process);
        return process;
    }

    /** More options for the virtual machine of a process, for profiling: {@code -Dmillrace.bench.jvm.worker=…}. */
    public static List<String> jvm(String process) {
        var options = System.getProperty("millrace.bench.jvm." + process, "").trim();
        return options.isEmpty() ? List.of() : List.of(options.split(" +"));
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
        for (var process : processes) {
            try {
                process.close();
            } catch (Exception e) {
                progress.accept("a process could not be stopped: " + e);
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
