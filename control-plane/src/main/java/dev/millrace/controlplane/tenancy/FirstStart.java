package dev.millrace.controlplane.tenancy;

import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.controlplane.settings.Settings;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a fresh installation usable: the tenant {@code default} with the service {@code default}, and a token for the command
 * line in a file that only its owner can read. The tenant is made once for ever; the token is made again when its file is
 * missing or the token in it is no longer valid. Without a configured file no token is made.
 */
@Singleton
public final class FirstStart {
    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);
    private static final String DEFAULT = "default";
    private static final Duration TOKEN_LIFE = Duration.ofDays(365);
    // Two starts at once must not make two tenants; any constant will do, as long as nobody else locks it.
    private static final long LOCK = 0x6d72_6669_7273_74L;

    private final DataSource owner;
    private final Credentials credentials;
    private final Clock clock;
    private final Path tokenFile;
    private final SecureRandom random = new SecureRandom();

    FirstStart(@Named("owner") DataSource owner, Credentials credentials, Clock clock, Settings settings) {
        this.owner = owner;
        this.credentials = credentials;
        this.clock = clock;
        this.tokenFile = settings.tokenFile();
    }

    /** Makes what is missing. To be called once at each start, after the migrations. */
    public void prepare() {
        try (var connection = owner.getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.prepareStatement("/* tenancy.lock */ SELECT pg_advisory_xact_lock(?)")) {
                statement.setLong(1, LOCK);
                statement.execute();
            }
            var tenant = tenant(connection);
            var service = service(connection, tenant);
            if (!holdsValidToken(tokenFile)) {
                var token = token(connection, tenant, service);
                // The file first: a token that is stored but written nowhere would be of no use, one that is written
                // but not stored is replaced at the next start.
                write(tokenFile, token);
            }
            connection.commit();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private TenantId tenant(Connection connection) throws SQLException {
        try (var statement =
                connection.prepareStatement("/* tenancy.default */ SELECT tenant_id FROM core.tenant WHERE name = ?")) {
            statement.setString(1, DEFAULT);
            try (var rows = statement.executeQuery()) {
                if (rows.next()) {
                    return new TenantId(rows.getObject(1, UUID.class));
                }
            }
        }
        var tenant = new TenantId(UuidV7.next());
        try (var statement = connection.prepareStatement(
                "/* tenancy.create */ INSERT INTO core.tenant (tenant_id, name, shard, created_at) VALUES (?, ?, 0,"
                        + " now())")) {
            statement.setObject(1, tenant.value());
            statement.setString(2, DEFAULT);
            statement.executeUpdate();
        }
        LOG.info("Created the tenant {}.", DEFAULT);
        return tenant;
    }

    private static ServiceId service(Connection connection, TenantId tenant) throws SQLException {
        var found = ServiceRows.find(connection, tenant, DEFAULT);
        if (found.isPresent()) {
            return found.get();
        }
        var service = new ServiceId(UuidV7.next());
        try (var statement = connection.prepareStatement(
                "/* tenancy.service */ INSERT INTO core.service (tenant_id, service_id, name, created_at) VALUES (?,"
                        + " ?, ?, now())")) {
            statement.setObject(1, tenant.value());
            statement.setObject(2, service.value());
            statement.setString(3, DEFAULT);
            statement.executeUpdate();
        }
        return service;
    }

    private boolean holdsValidToken(Path file) {
        try {
            return Files.isReadable(file)
                    && credentials.authenticate(Files.readString(file).strip()).isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException("The token file " + file + " cannot be read.", e);
        }
    }

    private TokenText token(Connection connection, TenantId tenant, ServiceId service) throws SQLException {
        var now = clock.instant();
        var text = TokenText.random(random);
        TokenRows.insert(
                connection,
                tenant,
                service,
                new TokenRows.NewToken(
                        text, "command line on this machine", Set.of(), Set.of(Role.ADMIN), now, now.plus(TOKEN_LIFE)));
        new AuditEntry(tenant, "", now, "token.create", text.id(), "for the command line").store(connection);
        return text;
    }

    /** Replaces the file in one step; at no time is there one that somebody else may read. */
    private static void write(Path file, TokenText token) {
        var draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            Files.deleteIfExists(draft);
            createPrivate(draft);
            Files.writeString(draft, token.text() + "\n", StandardOpenOption.TRUNCATE_EXISTING);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            LOG.info("Wrote a token for the command line to {}.", file);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The token for the command line cannot be written to " + file
                            + ". Make its directory writable, or set millrace.token-file to another place.",
                    e);
        }
    }

    private static void createPrivate(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (UnsupportedOperationException e) {
            // No POSIX permissions here (Windows): the data directory belongs to the user anyway.
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("Somebody else writes " + file + " at this moment.", e);
        }
    }
}
