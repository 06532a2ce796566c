package dev.millrace.cli;

import dev.millrace.cli.process.Workspace;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a local control plane keeps its data, and where it listens. */
public final class LocalServerOptions {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Directory of the database, the logs and the token (default: .millrace of this project).")
    private Optional<Path> dataDirectory = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7700",
            description = "Port of the REST API; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            defaultValue = "7701",
            description = "Port for workers; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int grpcPort;

    public Path dataDirectory(Context context) {
        return dataDirectory
                .map(given -> context.directory().resolve(given).normalize())
                .orElseGet(() -> Workspace.projectDirectory(context.directory()));
    }

    public int port() {
        return port;
    }

    public int grpcPort() {
        return grpcPort;
    }
}
