package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.secrets.Sealed;
import dev.millrace.controlplane.secrets.Vault;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals the secrets of webhooks anew at each start: those stored by a version that sealed none, and those sealed with a key that was
 * changed. Once it has said that none is left, the former key can go. What does not open stays as it is and is told of.
 */
@Singleton
final class SealedAnew {
    private static final Logger LOG = LoggerFactory.getLogger(SealedAnew.class);

    private final DataSource owner;
    private final Vault vault;

    SealedAnew(@Named("owner") DataSource owner, Vault vault) {
        this.owner = owner;
        this.vault = vault;
    }

    private record Row(UUID tenant, UUID id, List<Sealed> secrets) {}

    @EventListener
    void started(ServerStartupEvent event) {
        seal();
    }

    void seal() {
        try (var connection = owner.getConnection()) {
            int sealed = 0;
            for (var row : rows(connection)) {
                sealed += seal(connection, row) ? 1 : 0;
            }
            if (sealed > 0) {
                LOG.info("The secrets of {} webhooks have been sealed with the current key.", sealed);
            }
        } catch (SQLException e) {
            LOG.warn(
                    "Whether secrets of webhooks must be sealed anew could not be seen; the next start looks again: {}",
                    e.getMessage());
        }
    }

    private List<Row> rows(Connection connection) throws SQLException {
        List<Row> outdated = new ArrayList<>();
        try (var statement = connection.prepareStatement(
                        "/* webhook.sealed */ SELECT tenant_id, webhook_id, secrets FROM core.webhook");
                var rows = statement.executeQuery()) {
            while (rows.next()) {
                var secrets = Stream.of((String[]) rows.getArray(3).getArray())
                        .map(Sealed::new)
                        .toList();
                if (secrets.stream().anyMatch(vault::isOutdated)) {
                    outdated.add(new Row(rows.getObject(1, UUID.class), rows.getObject(2, UUID.class), secrets));
                }
            }
        }
        return outdated;
    }

    /** Not when somebody gave the webhook other secrets meanwhile. */
    private boolean seal(Connection connection, Row row) throws SQLException {
        var place = Webhook.place(row.id());
        Object[] anew;
        try {
            anew = row.secrets().stream()
                    .map(secret -> vault.seal(vault.open(secret, place), place).text())
                    .toArray();
        } catch (ApiException | IllegalStateException e) {
            LOG.warn("A secret stays as it is: {}", e.getMessage());
            return false;
        }
        try (var statement = connection.prepareStatement("""
                /* webhook.seal */
                UPDATE core.webhook SET secrets = ? WHERE tenant_id = ? AND webhook_id = ? AND secrets = ?""")) {
            statement.setArray(1, connection.createArrayOf("text", anew));
            statement.setObject(2, row.tenant());
            statement.setObject(3, row.id());
            var before = row.secrets().stream().map(Sealed::text).toArray();
            statement.setArray(4, connection.createArrayOf("text", before));
            return statement.executeUpdate() == 1;
        }
    }
}
