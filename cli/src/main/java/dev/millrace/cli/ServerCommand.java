package dev.millrace.cli;

import dev.millrace.cli.process.ChildProcess;
import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.Ports;
import dev.millrace.cli.process.ServerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace server}: the control plane in the foreground, as a service manager wants it. */
@Command(
        name = "server",
        description = "Run the control plane in the foreground, with its log on the console.",
        footer = {
            "",
            "The password of an external database comes from MILLRACE_DATABASE_PASSWORD, its user from",
            "MILLRACE_DATABASE_USER. Options for the JVM come from MILLRACE_SERVER_OPTS."
        })
final class ServerCommand implements Callable<Integer> {
    private static final Duration GRACE = Duration.ofSeconds(60);

    private final Context context;

    @Mixin
    private LocalServerOptions server;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "An external PostgreSQL, such as jdbc:postgresql://db:5432/millrace (default: embedded).")
    private Optional<String> databaseUrl = Optional.empty();

    ServerCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        // Clients were told these ports: a server that quietly took others would not be found.
        for (int port : new int[] {server.port(), server.grpcPort()}) {
            if (port != Ports.ANY && !Ports.isFree(port)) {
                throw new CliException(
                        ExitCode.ERROR,
                        "Port " + port + " is taken by another program. Give another one with --port or --grpc-port.");
            }
        }
        var settings =
                new ServerSettings(server.dataDirectory(context), server.port(), server.grpcPort(), false, databaseUrl);
        var jvmOptions = context.variable("MILLRACE_SERVER_OPTS")
                .map(options -> List.of(options.split("\\s+")))
                .orElse(List.of());
        try (var children = new Children(context.terminal()::note)) {
            var command = settings.command(context.installation().server(), jvmOptions);
            return children.add(
                            ChildProcess.inForeground("control plane", command, ServerSettings::cleanEnvironment),
                            GRACE)
                    .awaitExitCode();
        }
    }
}
