package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.shard.Shards;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The clock that schedules go by: that of the shards, which is corrected by the database's and never goes back. So all instances agree when
 * a tick is due, whatever their machines say.
 */
@Factory
final class SharedClock {
    static final String NAME = "shared";

    @Singleton
    @Bean
    @Named(NAME)
    Clock shared(Shards shards) {
        return new Clock() {
            @Override
            public Instant instant() {
                return shards.now();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException("Schedules have zones of their own.");
            }
        };
    }
}
