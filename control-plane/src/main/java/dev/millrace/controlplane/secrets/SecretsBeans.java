package dev.millrace.controlplane.secrets;

import dev.millrace.controlplane.settings.Settings;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The vault, with the keys that the settings give. */
@Factory
final class SecretsBeans {
    private static final Logger LOG = LoggerFactory.getLogger(SecretsBeans.class);

    @Singleton
    @Bean
    Vault vault(Settings settings) {
        var secrets = settings.secrets();
        var former = secrets.formerKeys().stream()
                .map(key -> VaultKey.read(key.value()).orElseThrow())
                .toList();
        if (!secrets.key().value().isEmpty()) {
            return new Vault(VaultKey.read(secrets.key().value()), former);
        }
        if (settings.memory()) {
            return new Vault(Optional.of(KeyFile.random()), former);
        }
        if (settings.database().url().isEmpty()) {
            return new Vault(Optional.of(KeyFile.in(settings.dataDir())), former);
        }
        // A file of this server's own would leave the others of the same database outside.
        LOG.warn(
                "There is no millrace.secrets.key, so webhooks with secrets are refused. Give every server of this database the"
                        + " same one: 32 random bytes in Base64.");
        return new Vault(Optional.empty(), former);
    }
}
