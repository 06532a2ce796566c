package dev.millrace.controlplane.store;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.settings.Settings.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own, in a directory that outlives it. It is as durable as any other unless it is asked to be throw-away,
 * listens on the loopback interface only, and asks for a password that only the user who runs us can read. A server that was left
 * behind by a killed process is taken over, or stopped first if it is not as we would start it. For one thread.
 */
final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String SUPERUSER = "postgres";
    private static final String DATABASE = "millrace";

    private final Path directory;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final boolean durable;
    private final Process postgres;
    private final Secret password;

    /** The server's process: one that we started, or one that we took over. */
    private record Process(int port, Stop stop) {}

    /** Stops it in order. */
    private interface Stop {
        void now() throws IOException;
    }

    private EmbeddedServer(
            Path directory, FileChannel lockFile, FileLock lock, boolean durable, Process postgres, Secret password) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.lock = lock;
        this.durable = durable;
        this.postgres = postgres;
        this.password = password;
    }

    /**
     * Starts it, and makes what a new one lacks: the role that owns everything and its database.
     *
     * @param directory where its data, its log and its password are
     * @param durable false for one whose data nobody will miss: what an earlier one left in the directory is removed
     * @throws DatabaseUnavailableException when another process uses the directory, or it does not start
     */
    static EmbeddedServer start(Path directory, Settings.Database settings, boolean durable) {
        try {
            Files.createDirectories(directory);
            Files.createDirectories(settings.binaries());
            var lockFile = FileChannel.open(
                    directory.resolve("postgres.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            var lock = tryLock(lockFile).orElseThrow(() -> {
                closeQuietly(lockFile);
                return new DatabaseUnavailableException("Another control plane uses the data directory " + directory
                        + ". Stop it, or give this one another millrace.data-dir.");
            });
            try {
                return start(directory, settings, durable, lockFile, lock);
            } catch (IOException | RuntimeException | SQLException e) {
                lock.release();
                lockFile.close();
                throw e;
            }
        } catch (IOException | SQLException | IllegalStateException e) {
            throw new DatabaseUnavailableException(
                    "The embedded PostgreSQL in " + directory + " does not start: " + e.getMessage() + ". Its log is "
                            + log(directory) + ".",
                    e);
        }
    }

    private static EmbeddedServer start(
            Path directory, Settings.Database settings, boolean durable, FileChannel lockFile, FileLock lock)
            throws IOException, SQLException {
        var data = directory.resolve("postgres");
        if (durable && Files.exists(data) && !Files.exists(finished(data))) {
            var aside = directory.resolve("postgres.unfinished-" + System.currentTimeMillis());
            LOG.warn("A first start was interrupted before {} was complete; it is put aside as {}.", data, aside);
            stop(LeftBehind.on(data, settings.binaries()));
            Files.move(data, aside);
        }
        var leftBehind = LeftBehind.on(data, settings.binaries());
        var takenOver = durable && leftBehind.isPresent()
                ? takeOver(leftBehind.get(), directory, settings)
                : Optional.<Process>empty();
        if (takenOver.isEmpty()) {
            stop(leftBehind);
        }
        if (!durable) {
            FileTrees.delete(data);
            Files.deleteIfExists(passwordFile(directory));
        }
        boolean isNew = !Files.exists(data);
        var password = password(directory, isNew);
        var server = new EmbeddedServer(
                directory,
                lockFile,
                lock,
                durable,
                takenOver.isPresent() ? takenOver.get() : started(directory, settings, durable),
                password);
        try {
            server.provide(settings.user());
            Files.writeString(finished(data), "This database is complete.\n");
        } catch (IOException | SQLException | RuntimeException e) {
            server.postgres.stop.now();
            throw e;
        }
        LOG.info(
                "The embedded PostgreSQL runs on port {}, in {}{}.",
                server.postgres.port,
                data,
                durable ? "" : "; it keeps nothing");
        return server;
    }

    private static Process started(Path directory, Settings.Database settings, boolean durable) throws IOException {
        var log = Redirect.appendTo(log(directory).toFile());
        var builder = EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("postgres"))
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(settings.binaries().toFile())
                .setRegisterShutdownHook(false)
                .setPGStartupWait(START_LIMIT)
                .setOutputRedirector(log)
                .setErrorRedirector(log)
                .setConnectConfig(
                        "password", Files.readString(passwordFile(directory)).strip())
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("auth", "scram-sha-256")
                .setLocaleConfig("pwfile", passwordFile(directory).toString());
        configuration(settings, durable).forEach(setting -> builder.setServerConfig(setting.name, setting.value));
        var postgres = builder.start();
        return new Process(postgres.getPort(), postgres::close);
    }

    /** The one that a killed process left behind, if it is as we would start it: whoever waits for us waits less. */
    private static Optional<Process> takeOver(LeftBehind found, Path directory, Settings.Database settings)
            throws IOException {
        if (!Files.exists(passwordFile(directory))) {
            return Optional.empty();
        }
        var password = new Secret(Files.readString(passwordFile(directory)).strip());
        // Every connection of ours says its own time zone, so what it is shown is not the server's.
        var wanted = configuration(settings, true).stream()
                .filter(setting -> !setting.name.equals("timezone"))
                .collect(Collectors.toMap(ServerSetting::name, ServerSetting::value));
        return found.portIfUsable(port -> new Address(url(port, SUPERUSER), SUPERUSER, password), wanted)
                .map(port -> {
                    LOG.info(
                            "A PostgreSQL was left behind in {} by a process that was killed; taking it over.",
                            directory);
                    return new Process(port, found::stop);
                });
    }

    private static void stop(Optional<LeftBehind> found) throws IOException {
        if (found.isPresent()) {
            LOG.info("A PostgreSQL may have been left behind by a process that was killed; stopping it.");
            found.get().stop();
        }
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private record ServerSetting(String name, String value) {}

    /** Sized for a control plane and its workers on one machine; found by measuring, see the notes on performance. */
    private static List<ServerSetting> configuration(Settings.Database settings, boolean durable) {
        var onOff = durable ? "on" : "off";
        return List.of(
                new ServerSetting("fsync", onOff),
                new ServerSetting("synchronous_commit", onOff),
                new ServerSetting("full_page_writes", onOff),
                new ServerSetting("listen_addresses", "127.0.0.1"),
                new ServerSetting("unix_socket_directories", ""),
                new ServerSetting("max_connections", Integer.toString(settings.connections() + 40)),
                new ServerSetting("shared_buffers", settings.sharedBuffers()),
                new ServerSetting("wal_buffers", "16MB"),
                new ServerSetting("max_wal_size", "4GB"),
                new ServerSetting("min_wal_size", "256MB"),
                new ServerSetting("checkpoint_timeout", "15min"),
                // Nobody replicates a laptop's database.
                new ServerSetting("wal_level", "minimal"),
                new ServerSetting("max_wal_senders", "0"),
                new ServerSetting("jit", "off"),
                new ServerSetting("max_parallel_workers_per_gather", "0"),
                new ServerSetting("timezone", "UTC"));
    }

    /** As the owner of everything, who is no superuser. */
    Address address(String user) {
        return address(user, DATABASE);
    }

    Address address(String user, String database) {
        return new Address(url(postgres.port, database), user, password);
    }

    /** As the superuser, to a database of the cluster. */
    Address superuser(String database) {
        return address(SUPERUSER, database);
    }

    private void provide(String user) throws SQLException {
        try (var connection = superuser(SUPERUSER).plain().getConnection()) {
            if (!exists(connection, "SELECT FROM pg_catalog.pg_roles WHERE rolname = ?", user)) {
                execute(
                        connection,
                        "CREATE ROLE " + quoted(user) + " LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE PASSWORD '"
                                + password.value() + "'");
            }
            if (!exists(connection, "SELECT FROM pg_catalog.pg_database WHERE datname = ?", DATABASE)) {
                execute(connection, "CREATE DATABASE " + DATABASE + " OWNER " + quoted(user));
            }
        }
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (var statement = connection.prepareStatement("/* store.exists */ " + query)) {
            statement.setString(1, name);
            try (var rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("/* store.provide */ " + sql);
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Stops it in good order. What is in memory is written first: the stop itself has only seconds before it is cut short. */
    @Override
    public void close() {
        if (durable) {
            PGSimpleDataSource source = superuser(SUPERUSER).plain();
            try (var connection = source.getConnection()) {
                execute(connection, "CHECKPOINT");
            } catch (SQLException e) {
                LOG.warn("The embedded PostgreSQL could not write its memory before the stop: {}", e.getMessage());
            }
        }
        try {
            postgres.stop.now();
            lock.release();
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The embedded PostgreSQL in " + directory + " did not stop in good order.", e);
        }
    }

    // ---- files ----

    private static Path finished(Path data) {
        return data.resolve("millrace.complete");
    }

    private static Path log(Path directory) {
        return directory.resolve("postgres.log");
    }

    private static Path passwordFile(Path directory) {
        return directory.resolve("postgres.password").toAbsolutePath();
    }

    private static Secret password(Path directory, boolean isNew) throws IOException {
        var file = passwordFile(directory);
        if (!Files.exists(file)) {
            if (!isNew) {
                throw new IllegalStateException("its password file " + file + " is gone; put it back from a copy");
            }
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, HexFormat.of().formatHex(random) + "\n");
        }
        return new Secret(Files.readString(file).strip());
    }

    private static Optional<FileLock> tryLock(FileChannel file) throws IOException {
        try {
            return Optional.ofNullable(file.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    private static void closeQuietly(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("A lock file could not be closed.", e);
        }
    }
}
