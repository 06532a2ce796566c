package dev.millrace.cli.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a local control plane writes into its data directory when it is up.
 *
 * @param http where its REST API and its pages are
 * @param grpc where workers connect
 * @param pid its process
 * @param token the token of the default service
 */
public record ServerFiles(URI http, String grpc, long pid, String token) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Reads them; empty if they are not there or not whole yet. */
    public static Optional<ServerFiles> in(Path directory) {
        var addresses = directory.resolve("server.json");
        var token = directory.resolve("token");
        if (!Files.isRegularFile(addresses) || !Files.isRegularFile(token)) {
            return Optional.empty();
        }
        try {
            var json = MAPPER.readTree(addresses.toFile());
            var secret = Files.readString(token).strip();
            if (!json.path("http").isTextual() || !json.path("pid").isIntegralNumber() || secret.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new ServerFiles(
                    URI.create(json.get("http").textValue()),
                    text(json, "grpc"),
                    json.get("pid").longValue(),
                    secret));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether the process that wrote them is still there. */
    public boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static String text(JsonNode json, String field) {
        return json.path(field).asText("");
    }
}
