package dev.millrace.cli;

import dev.millrace.cli.process.ServerFiles;
import dev.millrace.cli.process.Workspace;
import dev.millrace.rest.RestClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Which control plane a command talks to: the option, else {@code MILLRACE_URL}, else the one that {@code dev} or
 * {@code demo} runs in this project. Its token: the option, else {@code MILLRACE_TOKEN} or
 * {@code MILLRACE_TOKEN_FILE}, else the local one's.
 */
public final class ControlPlaneOptions {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(90);

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Address of the control plane (default: MILLRACE_URL, else the local one of this project).")
    private Optional<String> url = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "File with the token (default: MILLRACE_TOKEN or MILLRACE_TOKEN_FILE, else the local control plane's).")
    private Optional<Path> tokenFile = Optional.empty();

    /** A client of the control plane that is meant; the caller closes it. */
    public RestClient connect(Context context) {
        var local = local(context);
        var given = url.or(() -> context.variable("MILLRACE_URL"));
        if (given.isEmpty() && local.isEmpty()) {
            throw new CliException(
                    ExitCode.UNREACHABLE,
                    "No control plane is named and none runs in this project ("
                            + Workspace.projectDirectory(context.directory())
                            + "). Start one with \"millrace dev\", or set MILLRACE_URL and MILLRACE_TOKEN.");
        }
        var address = given.map(ControlPlaneOptions::address)
                .orElseGet(() -> local.get().http());
        var token = token(context, address, local);
        return RestClient.builder(address).token(token).timeout(CALL_TIMEOUT).build();
    }

    private String token(Context context, URI address, Optional<ServerFiles> local) {
        if (tokenFile.isPresent()) {
            return read(tokenFile.get());
        }
        return context.variable("MILLRACE_TOKEN")
                .or(() -> context.variable("MILLRACE_TOKEN_FILE").map(file -> read(Path.of(file))))
                .or(() -> local.filter(server -> server.http().equals(address)).map(ServerFiles::token))
                .orElseThrow(() -> new CliException(
                        ExitCode.AUTH,
                        "There is no token for " + address
                                + ". Set MILLRACE_TOKEN, or name a file that holds the token with --token-file."));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new CliException(ExitCode.AUTH, "The token file " + file + " cannot be read: " + e + ".", e);
        }
    }

    private static URI address(String text) {
        try {
            var address = URI.create(text);
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // told below, with the same words
        }
        throw new CliException(
                ExitCode.USAGE,
                "\"" + text + "\" is no address of a control plane. Write it as in http://localhost:8080.");
    }

    private static Optional<ServerFiles> local(Context context) {
        return ServerFiles.in(Workspace.projectDirectory(context.directory())).filter(ServerFiles::isAlive);
    }
}
