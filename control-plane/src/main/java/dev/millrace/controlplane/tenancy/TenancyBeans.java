package dev.millrace.controlplane.tenancy;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import javax.sql.DataSource;

/** What the rooms of requests share. */
@Factory
final class TenancyBeans {
    @Singleton
    @Bean
    RequestDatabase requestDatabase(@Named("request") DataSource connections) {
        return new RequestDatabase(connections);
    }

    @Singleton
    @Bean
    @Primary
    Clock clock() {
        return Clock.systemUTC();
    }
}
