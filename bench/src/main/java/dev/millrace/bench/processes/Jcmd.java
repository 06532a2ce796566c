package dev.millrace.bench.processes;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks a running virtual machine of ours for something, by the tool that comes with the JDK. */
public final class Jcmd {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Jcmd() {}

    /**
     * Has a virtual machine collect all garbage, and waits until it has.
     *
     * @throws BenchException if it cannot be asked, or this Java has no such tool
     */
    public static void collect(long pid) {
        var tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(tool)) {
            throw new BenchException("There is no " + tool + ": to see what is left of a heap takes a JDK, not only a"
                    + " runtime. Set JAVA_HOME to one.");
        }
        try {
            var process = new ProcessBuilder(tool.toString(), Long.toString(pid), "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new BenchException(
                        "Process " + pid + " did not collect its garbage in " + LIMIT.toSeconds() + " s.");
            }
            if (process.exitValue() != 0) {
                throw new BenchException("Process " + pid + " cannot be asked to collect its garbage.");
            }
        } catch (IOException e) {
            throw new BenchException(tool + " could not be started: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("The benchmark was interrupted while garbage was collected.", e);
        }
    }
}
