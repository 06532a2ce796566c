package dev.millrace.controlplane.triggers.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.settings.SettingsReader;
import dev.millrace.engine.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventQuotaTest {
    private static final Instant BEGINNING = Instant.parse("2026-11-21T10:00:00Z");

    private Instant now = BEGINNING;
    private final TenantId tenant = new TenantId(UUID.randomUUID());
    private final TenantId other = new TenantId(UUID.randomUUID());

    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };

    private EventQuota quota(int perSecond, int burst) {
        var given = Map.of("millrace.events.per-second", "" + perSecond, "millrace.events.burst", "" + burst);
        return new EventQuota(
                SettingsReader.read(name -> Optional.ofNullable(given.get(name)), Set.copyOf(given.keySet())), clock);
    }

    @Test
    void aStormIsRefusedAsAWholeWithTheTimeToComeAgainAndOthersGoOn() {
        var quota = quota(1_000, 2_000);
        quota.take(tenant, 1_000);
        quota.take(tenant, 900);
        assertThatThrownBy(() -> quota.take(tenant, 600)).isInstanceOfSatisfying(ApiException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
            assertThat(refused.again()).contains(BEGINNING.plusMillis(500));
            assertThat(refused.getMessage()).contains("1000 events a second", "None of the 600 events");
        });
        quota.take(tenant, 100);
        quota.take(other, 1_000);
    }

    @Test
    void whoComesAgainWhenItWasToldIsTaken() {
        var quota = quota(1_000, 1_000);
        quota.take(tenant, 1_000);
        assertThatThrownBy(() -> quota.take(tenant, 1_000)).isInstanceOf(ApiException.class);
        now = now.plus(Duration.ofSeconds(1));
        quota.take(tenant, 1_000);
        now = now.plus(Duration.ofDays(1));
        quota.take(tenant, 1_000);
        assertThatThrownBy(() -> quota.take(tenant, 1)).isInstanceOf(ApiException.class);
    }

    @Test
    void aClockThatGoesBackGivesAndTakesNothing() {
        var quota = quota(1_000, 1_000);
        quota.take(tenant, 1_000);
        now = now.minusSeconds(60);
        assertThatThrownBy(() -> quota.take(tenant, 1)).isInstanceOf(ApiException.class);
    }
}
