package dev.millrace.cli;

import dev.millrace.cli.process.Workspace;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a local control plane keeps its data, and where it listens. */
public final class LocalServerOptions {
    private static final int HIGHEST_PORT = 65_535;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Directory of the database, the logs and the token (default: .millrace of this project).")
    private Optional<Path> dataDirectory = Optional.empty();

    private int port;
    private int grpcPort;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7700",
            description = "Port of the REST API; 0 for any free one (default: ${DEFAULT-VALUE}).")
    void port(int port) {
        this.port = checked("--port", port);
    }

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            defaultValue = "7701",
            description = "Port for workers; 0 for any free one (default: ${DEFAULT-VALUE}).")
    void grpcPort(int port) {
        this.grpcPort = checked("--grpc-port", port);
    }

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

    private int checked(String option, int port) {
        if (port < 0 || port > HIGHEST_PORT) {
            throw new ParameterException(
                    spec.commandLine(), option + " must be from 0 to " + HIGHEST_PORT + ", but it is " + port + ".");
        }
        return port;
    }
}
