package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.store.Database;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/** The shards as a bean: whoever asks for them gets them recovered. */
@Factory
final class ShardBeans {
    private static final Duration FIRST_RECOVERY = Duration.ofSeconds(60);

    @Singleton
    @Bean(preDestroy = "close", typed = Shards.class)
    ShardService shards(Database database, Settings settings, Clock clock) {
        var instance = UUID.randomUUID();
        var plans = new Plans();
        Storage storage = settings.memory()
                ? new MemoryStorage(database, plans)
                : new PostgresStorage(database, instance, settings, plans);
        var shards = new ShardService(storage, new Catalog(database.owner()), plans, instance, settings, clock);
        shards.start();
        shards.awaitFirstRecovery(FIRST_RECOVERY);
        return shards;
    }
}
