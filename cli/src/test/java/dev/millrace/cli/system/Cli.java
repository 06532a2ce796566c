package dev.millrace.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The packaged command as a process of its own, started in a project whose path has a space, out of an installation whose
 * path has one too. Ends the process when it is closed.
 */
final class Cli implements AutoCloseable {
    /** Generous, for a machine that does other things at the same time: a test that needs it has failed. */
    static final Duration DEADLINE = Duration.ofSeconds(240);

    private final Process process;
    private final Path out;
    private final Path err;

    private Cli(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Begins to run a command in a project. */
    static Cli start(Path project, String... arguments) throws IOException {
        var home = installation();
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dmillrace.home=" + home,
                "-jar",
                home.resolve("cli/target/millrace-cli.jar").toString()));
        command.addAll(List.of(arguments));
        var out = Files.createTempFile(project, "out", ".txt");
        var err = Files.createTempFile(project, "err", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE"));
        var process = builder.start();
        process.getOutputStream().close();
        return new Cli(process, out, err);
    }

    /** Runs a command to its end. */
    static Cli run(Path project, String... arguments) throws Exception {
        var cli = start(project, arguments);
        cli.awaitExit();
        return cli;
    }

    /** The repository, behind a name with a space. */
    private static Path installation() throws IOException {
        var repository = Path.of("..").toRealPath();
        var home = Path.of("target", "an installation").toAbsolutePath();
        Files.createDirectories(home);
        for (var module : List.of("cli", "control-plane", "samples")) {
            var link = home.resolve(module);
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, repository.resolve(module));
            }
        }
        return home;
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("the command ends; so far it wrote: %s %s", out(), err())
                .isTrue();
        return process.exitValue();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    /** Sends a signal, as {@code kill} does. */
    void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(cannot be read: " + e + ")";
        }
    }
}
