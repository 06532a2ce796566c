package dev.millrace.bench.processes;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process of the benchmark that is told what to do by lines and answers by lines. What it says on its error stream goes
 * to a file. It ends when its input ends, so it never outlives its parent. For use by one thread.
 */
public final class Child implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(15);
    /** Begins the lines that are answers: a virtual machine may have its own to say on the same stream. */
    private static final String ANSWER = "answer: ";
    /** Stands in the queue for the end of the child's output. */
    private static final String END = "\0";

    private final String name;
    private final Process process;
    private final Path log;
    private final BufferedWriter input;
    private final LinkedBlockingQueue<String> output = new LinkedBlockingQueue<>();

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        var reader = new Thread(() -> read(process.inputReader(StandardCharsets.UTF_8)), name + "-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a child.
     *
     * @param name for people
     * @param command what to run
     * @param environment added to this process's own
     * @param log where its error stream goes
     */
    public static Child start(String name, List<String> command, Map<String, String> environment, Path log) {
        var builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(environment);
        try {
            return new Child(name, builder.start(), log);
        } catch (IOException e) {
            throw new BenchException("The " + name + " process could not be started: " + e.getMessage() + ".", e);
        }
    }

    private void read(BufferedReader reader) {
        try (reader) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(ANSWER)) {
                    output.add(line.substring(ANSWER.length()));
                }
            }
        } catch (IOException e) {
            // The child was stopped while it was being read; its end is told all the same.
        }
        output.add(END);
    }

    /** Answers the parent of this process, for use by children. */
    public static void say(String line) {
        System.out.println(ANSWER + line);
    }

    /** For people, and in the names of figures. */
    public String name() {
        return name;
    }

    /** What it said last on its error stream, as the end of a sentence. */
    public String lastWords() {
        return Logs.endOf(log);
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** Sends a line. */
    public void tell(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException e) {
            throw new BenchException("The " + name + " process took no more orders" + Logs.endOf(log), e);
        }
    }

    /**
     * The next line that the child says.
     *
     * @throws BenchException when the child ends or says nothing before the deadline
     */
    public String answer(Duration deadline) {
        try {
            var line = output.poll(deadline.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                throw new BenchException(
                        "The " + name + " process said nothing for " + deadline.toSeconds() + " s" + Logs.endOf(log));
            }
            if (line.equals(END)) {
                output.add(END);
                throw new BenchException("The " + name + " process ended" + Logs.endOf(log));
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("The benchmark was interrupted while it waited for the " + name + " process.", e);
        }
    }

    /** Ends the child: by the end of its input, and by force if that takes longer than 15 s. */
    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            // It is gone already.
        }
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
