package dev.millrace.connection;

import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The control plane that {@code millrace dev} runs beside a project: it leaves its addresses and its token in the {@code
 * .millrace} directory.
 */
record LocalServer(URI url, Secret token, Optional<String> grpcAddress) {

    /** The one of the nearest directory upwards, if it is running. */
    static Optional<LocalServer> near(Path workingDirectory) {
        for (var here = workingDirectory.toAbsolutePath().normalize(); here != null; here = here.getParent()) {
            var directory = here.resolve(".millrace");
            if (Files.isRegularFile(directory.resolve("server.json"))) {
                return read(directory);
            }
        }
        return Optional.empty();
    }

    private static Optional<LocalServer> read(Path directory) {
        try {
            var json = Json.read(Files.readAllBytes(directory.resolve("server.json")));
            var token = TokenFile.read(directory.resolve("token"), problem -> {});
            if (!(json instanceof JsonValue.Object server) || token.isEmpty() || !alive(server)) {
                return Optional.empty();
            }
            return text(server, "http")
                    .map(http -> new LocalServer(URI.create(http), token.get(), text(server, "grpc")));
        } catch (IOException | InvalidJsonException e) {
            return Optional.empty(); // half written, or gone this moment: as if it were not there
        }
    }

    private static boolean alive(JsonValue.Object server) {
        return server.members().get("pid") instanceof JsonValue.Number pid
                && ProcessHandle.of(pid.value().longValue())
                        .map(ProcessHandle::isAlive)
                        .orElse(false);
    }

    private static Optional<String> text(JsonValue.Object server, String name) {
        return server.members().get(name) instanceof JsonValue.Text text
                        && !text.value().isBlank()
                ? Optional.of(text.value())
                : Optional.empty();
    }
}
