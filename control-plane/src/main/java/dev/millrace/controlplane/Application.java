package dev.millrace.controlplane;

import dev.millrace.controlplane.settings.InvalidSettingsException;
import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.settings.SettingsReader;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.store.DatabaseUnavailableException;
import dev.millrace.controlplane.tenancy.FirstStart;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Context;
import io.micronaut.runtime.server.EmbeddedServer;
import jakarta.inject.Provider;
import java.net.BindException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the server: settings, database, migrations, shards, doors, in this order; a later one is not begun before the one before
 * it serves. Exit codes: 78 for settings that are wrong, 69 for a database that cannot be used, 1 for anything else.
 */
public final class Application {
    private static final Logger LOG = LoggerFactory.getLogger(Application.class);
    private static final int CONFIGURATION = 78;
    private static final int UNAVAILABLE = 69;

    private Application() {}

    public static void main(String[] arguments) {
        var context = ApplicationContext.builder()
                .mainClass(Application.class)
                .args(arguments)
                .banner(false)
                .build();
        // Stopping the context drains the doors first, then the shards, then the database.
        Runtime.getRuntime().addShutdownHook(new Thread(context::stop, "stop"));
        try {
            context.start();
            context.getBean(EmbeddedServer.class).start();
            context.getBean(ServerFile.class).write();
        } catch (RuntimeException e) {
            System.exit(explained(e));
        }
    }

    /** Says why the server does not start, without a stack trace where the message says it all. */
    private static int explained(Throwable failure) {
        var settings = cause(failure, InvalidSettingsException.class);
        if (settings.isPresent()) {
            LOG.error("{}", settings.get().getMessage());
            return CONFIGURATION;
        }
        var database = cause(failure, DatabaseUnavailableException.class);
        if (database.isPresent()) {
            LOG.error("{}", database.get().getMessage());
            return UNAVAILABLE;
        }
        var port = cause(failure, BindException.class);
        if (port.isPresent()) {
            LOG.error(
                    "A port cannot be listened on: {}. Set millrace.http.port and millrace.grpc.port to free ones; 0 takes any.",
                    port.get().getMessage());
            return 1;
        }
        LOG.error("The server does not start.", failure);
        return 1;
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> kind) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return Optional.of(kind.cast(cause));
            }
        }
        return Optional.empty();
    }

    /** What is done before the doors open, and before anything else of the server begins to work by itself. */
    @Context
    static final class BeforeTheDoors {
        BeforeTheDoors(Settings settings, Provider<FirstStart> firstStart, Provider<Shards> shards) {
            SettingsReader.named(settings).forEach((name, value) -> LOG.info("{} = {}", name, value));
            if (settings.memory()) {
                LOG.warn("Runs are kept in memory only: when the server stops, nothing of them is left.");
            }
            firstStart.get().prepare();
            shards.get();
        }
    }
}
