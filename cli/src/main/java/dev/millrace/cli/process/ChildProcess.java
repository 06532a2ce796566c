package dev.millrace.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process that this command started, with both its streams in a log file. Safe for use by several threads.
 */
public final class ChildProcess {
    private static final Duration GRACE_AFTER_KILL = Duration.ofSeconds(5);
    private static final int LINES_SHOWN = 15;

    private final String name;
    private final Process process;
    private final Path log;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a process. On systems with a POSIX shell it does not hear Ctrl-C, which a terminal sends to every process of the
     * command: the command itself ends its children, one after the other.
     *
     * @param name what people call it
     * @param command the program and its arguments
     * @param environment changes the environment, which is that of this process
     * @param log where its output goes; the log of the time before is kept beside it as {@code .old}
     */
    public static ChildProcess start(
            String name, List<String> command, Consumer<Map<String, String>> environment, Path log) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            if (Files.exists(log)) {
                Files.move(log, log.resolveSibling(log.getFileName() + ".old"), StandardCopyOption.REPLACE_EXISTING);
            }
            var builder = new ProcessBuilder(deafToCtrlC(command))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            environment.accept(builder.environment());
            var process = builder.start();
            process.getOutputStream().close();
            return new ChildProcess(name, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException("The " + name + " cannot be started with " + command.get(0) + ".", e);
        }
    }

    /**
     * Starts a process that shares the streams of this one, and hears Ctrl-C as this one does.
     *
     * @param name what people call it
     * @param command the program and its arguments
     * @param environment changes the environment, which is that of this process
     */
    public static ChildProcess inForeground(
            String name, List<String> command, Consumer<Map<String, String>> environment) {
        try {
            var builder = new ProcessBuilder(command).inheritIO();
            environment.accept(builder.environment());
            return new ChildProcess(name, builder.start(), Path.of("/dev/null"));
        } catch (IOException e) {
            throw new UncheckedIOException("The " + name + " cannot be started with " + command.get(0) + ".", e);
        }
    }

    public String name() {
        return name;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public Path log() {
        return log;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end of the process. */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits for the end of the process, however long it takes, and tells its exit code. */
    public int awaitExitCode() throws InterruptedException {
        return process.waitFor();
    }

    /** Whether its output has a line with this text by now. */
    public boolean hasSaid(String text) {
        try {
            return Files.exists(log)
                    && Files.readString(log, StandardCharsets.UTF_8).contains(text);
        } catch (IOException e) {
            // Half a character at the end of what is being written; the next look sees it whole.
            return false;
        }
    }

    /**
     * Asks the process to end, and ends it by force when the grace is over.
     *
     * @return whether it went without force
     */
    public boolean stop(Duration grace) {
        boolean interrupted = false;
        boolean obeyed = false;
        try {
            process.destroy();
            obeyed = awaitEnd(grace);
            if (!obeyed) {
                process.destroyForcibly();
                awaitEnd(GRACE_AFTER_KILL);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return obeyed;
    }

    /** Ends the process as a crash would: at once, without a chance to tidy up. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Why it is not there any more, with the last lines it wrote. */
    public String obituary() {
        var text = new ArrayList<String>();
        text.add("The " + name + " (process " + process.pid() + ") ended"
                + (isAlive() ? "" : " with exit code " + process.exitValue()) + ". The end of its log, " + log + ":");
        lastLines().forEach(line -> text.add("  | " + line));
        return String.join(System.lineSeparator(), text);
    }

    private List<String> lastLines() {
        try {
            var lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
        } catch (IOException e) {
            return List.of("(the log cannot be read: " + e.getMessage() + ")");
        }
    }

    private static List<String> deafToCtrlC(List<String> command) {
        if (!Files.isExecutable(Path.of("/bin/sh"))) {
            return command;
        }
        // An ignored signal stays ignored after exec, and a JVM leaves a signal alone that was ignored when it began.
        var wrapped = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT; exec \"$0\" \"$@\""));
        wrapped.addAll(command);
        return wrapped;
    }
}
