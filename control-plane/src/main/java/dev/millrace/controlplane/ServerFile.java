package dev.millrace.controlplane;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.controlplane.settings.Settings;
import io.micronaut.context.event.ShutdownEvent;
import io.micronaut.grpc.server.GrpcEmbeddedServer;
import io.micronaut.http.server.netty.NettyEmbeddedServer;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code server.json} in the data directory: where a server that is up can be reached. It is there from the moment in
 * which the doors are open until the server stops in good order.
 */
@Singleton
final class ServerFile {
    private static final Logger LOG = LoggerFactory.getLogger(ServerFile.class);

    private final Path file;
    private final Settings settings;
    private final NettyEmbeddedServer http;
    private final GrpcEmbeddedServer grpc;
    private final ObjectMapper json;

    ServerFile(Settings settings, NettyEmbeddedServer http, GrpcEmbeddedServer grpc, ObjectMapper json) {
        this.file = settings.dataDir().resolve("server.json");
        this.settings = settings;
        this.http = http;
        this.grpc = grpc;
        this.json = json;
    }

    void write() {
        var addresses = new LinkedHashMap<String, Object>();
        addresses.put("http", "http://" + reachable(settings.http().host()) + ":" + http.getPort());
        addresses.put("grpc", reachable(settings.grpc().host()) + ":" + grpc.getPort());
        addresses.put("pid", ProcessHandle.current().pid());
        var draft = file.resolveSibling("server.json.new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(draft, json.writeValueAsString(addresses) + "\n");
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("The addresses of the server cannot be written to " + file + ".", e);
        }
        LOG.info("Up: REST at {}, gRPC at {}.", addresses.get("http"), addresses.get("grpc"));
    }

    @EventListener
    void remove(ShutdownEvent shutdown) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("The file {} stays, although the server stops: {}", file, e.getMessage());
        }
        if (settings.memory()) {
            LOG.warn("Runs were kept in memory only: nothing of them is left.");
        }
    }

    /** A server that listens everywhere is reached at its own machine's name for itself. */
    private static String reachable(String host) {
        return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    }
}
