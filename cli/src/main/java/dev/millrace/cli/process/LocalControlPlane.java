package dev.millrace.cli.process;

import dev.millrace.cli.CliException;
import dev.millrace.cli.ExitCode;
import dev.millrace.rest.RestClient;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.SystemApi;
import dev.millrace.rest.model.Health;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A control plane that this command started, and that is ready.
 *
 * @param process its process
 * @param files what it wrote about itself
 */
public record LocalControlPlane(ChildProcess process, ServerFiles files) {
    /** The first start unpacks a database and makes its files. */
    private static final Duration START_DEADLINE = Duration.ofSeconds(120);

    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(25);

    /**
     * Starts one and returns when it is ready.
     *
     * @throws CliException if it ends before, or is not ready within two minutes
     */
    public static LocalControlPlane start(
            Installation installation, ServerSettings settings, Workspace workspace, Children children) {
        var addresses = workspace.directory().resolve("server.json");
        try {
            Files.deleteIfExists(addresses);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + addresses + " of an earlier time cannot be deleted.", e);
        }
        var process = children.add(
                ChildProcess.start(
                        "control plane",
                        settings.command(installation.server(), Jvm.QUICK_START),
                        LocalControlPlane::withoutSettings,
                        workspace.log("control-plane")),
                GRACE);
        workspace.remember(process.handle());
        return new LocalControlPlane(process, awaitReady(process, workspace));
    }

    /** What is said here is all that counts: a database of the shell's environment is not one to try things out in. */
    private static void withoutSettings(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("MILLRACE_"));
    }

    private static ServerFiles awaitReady(ChildProcess process, Workspace workspace) {
        long deadline = System.nanoTime() + START_DEADLINE.toNanos();
        var reasons = List.of("it has not written its addresses yet");
        while (System.nanoTime() < deadline) {
            var files = ServerFiles.in(workspace.directory())
                    .filter(found -> found.pid() == process.handle().pid());
            if (files.isPresent()) {
                var health = ready(files.get());
                if (health.filter(found -> found.getStatus() == Health.StatusEnum.UP)
                        .isPresent()) {
                    return files.get();
                }
                reasons = health.map(Health::getReasons).orElse(List.of("it does not answer yet"));
            }
            pause(process);
        }
        throw new CliException(
                ExitCode.UNREACHABLE,
                "The control plane was not ready within " + START_DEADLINE.toSeconds() + " s ("
                        + String.join("; ", reasons) + "). Its log is " + process.log() + ".");
    }

    private static Optional<Health> ready(ServerFiles files) {
        try (var client = RestClient.builder(files.http()).timeout(ASK_TIMEOUT).build()) {
            return Optional.of(new SystemApi(client).ready());
        } catch (RestException | RestUnavailableException e) {
            return Optional.empty();
        }
    }

    private static void pause(ChildProcess process) {
        try {
            if (process.awaitEnd(PAUSE)) {
                throw new CliException(ExitCode.ERROR, process.obituary());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.ERROR, "Interrupted while the control plane was starting.", e);
        }
    }
}
