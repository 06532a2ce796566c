package dev.millrace.controlplane.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL that a killed process left running on its data. Whoever holds the lock of the directory may take it over as it is, which
 * is seconds faster than a new start, or stop it: a second one on the same data would wait for it in vain. For one thread.
 */
final class LeftBehind {
    private static final Logger LOG = LoggerFactory.getLogger(LeftBehind.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(70);
    private static final int PORT_LINE = 3;

    private final Path data;
    private final Path binaries;

    private LeftBehind(Path data, Path binaries) {
        this.data = data;
        this.binaries = binaries;
    }

    /** The one that runs on this data, as far as a file tells. */
    static Optional<LeftBehind> on(Path data, Path binaries) {
        return Files.exists(data.resolve("postmaster.pid"))
                ? Optional.of(new LeftBehind(data, binaries))
                : Optional.empty();
    }

    /**
     * The port at which it serves, if it is the program that we would start, set as we would set it.
     *
     * @param superuser as which it is asked, at a port
     * @param settings that it must have, as it shows them itself
     */
    Optional<Integer> portIfUsable(IntFunction<Address> superuser, Map<String, String> settings) {
        try {
            var lines = Files.readAllLines(data.resolve("postmaster.pid"));
            var process = ProcessHandle.of(Long.parseLong(lines.get(0).strip()));
            int port = Integer.parseInt(lines.get(PORT_LINE).strip());
            if (!process.map(this::isOurProgram).orElse(false)) {
                return Optional.empty();
            }
            return differing(superuser.apply(port), settings).isEmpty() ? Optional.of(port) : Optional.empty();
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException | SQLException e) {
            LOG.debug("What was left behind in {} cannot be taken over.", data, e);
            return Optional.empty();
        }
    }

    /** Of another version it would be another program. */
    private boolean isOurProgram(ProcessHandle process) {
        try {
            var program = control().map(Path::getParent);
            return program.isPresent()
                    && process.info()
                            .command()
                            .map(Path::of)
                            .map(Path::getParent)
                            .equals(program);
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> differing(Address superuser, Map<String, String> settings) throws SQLException {
        var differing = new ArrayList<String>();
        try (var connection = superuser.plain().getConnection();
                var statement = connection.prepareStatement("/* store.setting */ SELECT current_setting(?)")) {
            for (var setting : settings.entrySet()) {
                statement.setString(1, setting.getKey());
                try (var rows = statement.executeQuery()) {
                    rows.next();
                    if (!rows.getString(1).equals(setting.getValue())) {
                        differing.add(setting.getKey());
                    }
                }
            }
        }
        return differing;
    }

    /** Stops it in order. */
    void stop() throws IOException {
        var control = control();
        if (control.isEmpty()) {
            throw new IllegalStateException("one that a killed process left behind may still run (see "
                    + data.resolve("postmaster.pid") + "), and the programs to stop it are not in " + binaries
                    + "; stop it by hand");
        }
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // PostgreSQL refuses to be run by root; in a user namespace of its own it does not see that it is.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(
                control.get().toString(),
                "-D",
                data.toAbsolutePath().toString(),
                "stop",
                "-m",
                "fast",
                "-w",
                "-t",
                "60"));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "one that a killed process left behind did not stop within " + STOP_LIMIT.toSeconds() + " s");
            }
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) {
                // The file names a process that is no more: the machine went down, not only ours. PostgreSQL sees to
                // that.
                LOG.info("There was none to stop: {}", said);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the stop was interrupted");
        }
    }

    private Optional<Path> control() throws IOException {
        var name = isWindows() ? "pg_ctl.exe" : "pg_ctl";
        try (var found = Files.list(binaries)) {
            return found.map(unpacked -> unpacked.resolve("bin").resolve(name).toAbsolutePath())
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    private static boolean isRoot() {
        return !isWindows() && "root".equals(System.getProperty("user.name"));
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
    }
}
