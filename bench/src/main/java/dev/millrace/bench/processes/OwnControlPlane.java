package dev.millrace.bench.processes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A control plane of the benchmark's own, as a process with an embedded PostgreSQL, on free ports, with its data in a
 * directory of its own. For one thread.
 */
public final class OwnControlPlane implements ControlPlane {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path jar;
    private final List<String> options;
    private final Process process;
    private final Path data;
    private final Path log;
    private final Map<String, String> environment;
    private final Optional<PostgresAccount> postgres;
    private boolean orphaned;

    private OwnControlPlane(Path jar, List<String> options, Process process, Path data, Path log) {
        this.jar = jar;
        this.options = options;
        this.process = process;
        this.data = data;
        this.log = log;
        this.environment = awaitAddresses();
        this.postgres = PostgresAccount.in(data);
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param jar the program, with its libraries beside it
     * @param jvmOptions for its virtual machine
     * @param directory for its data and its log
     */
    public static OwnControlPlane start(Path jar, List<String> jvmOptions, Path directory) {
        return start(jar, jvmOptions, directory.resolve("control-plane"), 0, 0);
    }

    private static OwnControlPlane start(Path jar, List<String> jvmOptions, Path data, int httpPort, int grpcPort) {
        var log = data.resolveSibling("control-plane.log");
        var command = new ArrayList<String>();
        command.add(Programs.java());
        command.addAll(jvmOptions);
        command.add("-Dmillrace.data-dir=" + data);
        command.add("-Dmillrace.http.port=" + httpPort);
        command.add("-Dmillrace.grpc.port=" + grpcPort);
        command.add("-jar");
        command.add(jar.toString());
        try {
            Files.createDirectories(data);
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()))
                    .start();
            try {
                return new OwnControlPlane(jar, jvmOptions, process, data, log);
            } catch (RuntimeException e) {
                stop(process);
                throw e;
            }
        } catch (IOException e) {
            throw new BenchException("The control plane could not be started: " + e.getMessage() + ".", e);
        }
    }

    /** Ends it as a crash would, with {@code kill -9}: nothing is written, nobody is told, its PostgreSQL goes on. */
    public void kill() {
        postgres.ifPresent(PostgresAccount::close);
        orphaned = postgres.isPresent();
        process.destroyForcibly();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BenchException("The control plane goes on " + STOP.toSeconds() + " s after kill -9.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("The benchmark was interrupted while the control plane was killed.", e);
        }
    }

    /** Starts it once more after its end, with its data and at the same addresses, so that those who knew it find it. */
    public OwnControlPlane again() {
        var successor = start(
                jar,
                options,
                data,
                port(environment.get("MILLRACE_URL")),
                port(environment.get("MILLRACE_GRPC_ADDRESS")));
        orphaned = false; // it has taken the database over
        return successor;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    @Override
    public Map<String, String> environment() {
        return environment;
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.of(process.pid());
    }

    @Override
    public OptionalLong postgresPid() {
        return postgres.map(account -> OptionalLong.of(account.pid())).orElse(OptionalLong.empty());
    }

    @Override
    public Optional<PostgresAccount> postgres() {
        return postgres;
    }

    /** Where it writes what it says. */
    public Path log() {
        return log;
    }

    private Map<String, String> awaitAddresses() {
        var deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new BenchException("The control plane ended while it started" + Logs.endOf(log));
            }
            var addresses = readAddresses();
            if (addresses.isPresent()) {
                return addresses.get();
            }
            try {
                Thread.sleep(LOOK_AGAIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("The benchmark was interrupted while the control plane started.", e);
            }
        }
        throw new BenchException("The control plane was not up after " + START.toSeconds() + " s" + Logs.endOf(log));
    }

    /** What the server leaves in its directory once it serves. */
    private Optional<Map<String, String>> readAddresses() {
        var server = data.resolve("server.json");
        var token = data.resolve("token");
        if (!Files.isRegularFile(server) || !Files.isRegularFile(token)) {
            return Optional.empty();
        }
        try {
            JsonNode json = JSON.readTree(server.toFile());
            var secret = Files.readString(token).strip();
            if (json.path("pid").asLong() != process.pid() || secret.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(Map.of(
                    "MILLRACE_URL", json.path("http").asText(),
                    "MILLRACE_GRPC_ADDRESS", json.path("grpc").asText(),
                    "MILLRACE_TOKEN", secret));
        } catch (IOException e) {
            // Half written; whole the next time.
            return Optional.empty();
        }
    }

    /** Stops it in order, so that its PostgreSQL stops too. */
    @Override
    public void close() {
        postgres.ifPresent(PostgresAccount::close);
        stop(process);
        if (orphaned) {
            ProcessHandle.of(postgres.orElseThrow().pid()).ifPresent(ProcessHandle::destroy);
        }
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
