package dev.millrace.cli.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a control plane is started with. Secrets are no part of it: they reach the process by its environment, because
 * everybody on a machine can read command lines.
 *
 * @param dataDirectory where it keeps its database, its addresses and its token
 * @param httpPort of the REST API; {@link Ports#ANY} for a free one
 * @param grpcPort of the workers' streams; {@link Ports#ANY} for a free one
 * @param memory whether runs are kept in memory only
 * @param databaseUrl an external database; empty for the embedded one
 */
public record ServerSettings(
        Path dataDirectory, int httpPort, int grpcPort, boolean memory, Optional<String> databaseUrl) {

    /** What clients and this command are told by the environment is none of the server's settings, and it would say so. */
    private static final List<String> NOT_ITS_OWN = List.of(
            "MILLRACE_URL",
            "MILLRACE_TOKEN",
            "MILLRACE_TOKEN_FILE",
            "MILLRACE_GRPC_ADDRESS",
            "MILLRACE_CLI_OPTS",
            "MILLRACE_SERVER_OPTS");

    /** Removes what is not for the server. */
    public static void cleanEnvironment(Map<String, String> environment) {
        NOT_ITS_OWN.forEach(environment::remove);
    }

    /**
     * The command line.
     *
     * @param jar the control plane's
     * @param jvmOptions for the JVM
     */
    public List<String> command(Path jar, List<String> jvmOptions) {
        var command = new ArrayList<String>();
        command.add(Jvm.executable());
        command.addAll(jvmOptions);
        command.add("-Dmillrace.data-dir=" + dataDirectory);
        command.add("-Dmillrace.http.port=" + httpPort);
        command.add("-Dmillrace.grpc.port=" + grpcPort);
        if (memory) {
            command.add("-Dmillrace.memory=true");
        }
        databaseUrl.ifPresent(url -> command.add("-Dmillrace.database.url=" + url));
        command.add("-jar");
        command.add(jar.toString());
        return command;
    }
}
