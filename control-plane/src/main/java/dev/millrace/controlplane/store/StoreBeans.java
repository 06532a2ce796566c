package dev.millrace.controlplane.store;

import dev.millrace.controlplane.settings.Settings;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import javax.sql.DataSource;

/** The database as beans. Who asks for one of them gets it started and migrated. */
@Factory
final class StoreBeans {
    @Singleton
    @Bean(preDestroy = "close")
    Database database(Settings settings) {
        return Database.start(settings);
    }

    @Singleton
    @Named("owner")
    DataSource owner(Database database) {
        return database.owner();
    }

    @Singleton
    @Named("request")
    DataSource request(Database database) {
        return database.request();
    }

    @Singleton
    @Named("streams")
    DataSource streams(Database database) {
        return database.streams();
    }
}
