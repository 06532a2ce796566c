package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.triggers.schedules.Schedule.Pausing;
import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.controlplane.triggers.schedules.Schedule.Source;
import dev.millrace.controlplane.workflows.LatestVersionListener;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.CronTrigger;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.schedule.Cron;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.UUID;

/** Makes schedules of the cron triggers of the latest version, in place of those of the version before. */
@Singleton
final class ManifestSchedules implements LatestVersionListener {
    private final ScheduleRows rows;
    private final Clockwork clockwork;

    ManifestSchedules(ScheduleRows rows, Clockwork clockwork) {
        this.rows = rows;
        this.clockwork = clockwork;
    }

    @Override
    public void becameLatest(Connection connection, Principal by, Manifest manifest, Instant now) throws SQLException {
        var wanted = manifest.triggers().crons().stream()
                .map(trigger -> schedule(by, manifest.workflow(), trigger, now))
                .toList();
        ScheduleRows.replace(connection, by, manifest.workflow(), wanted);
    }

    private static Schedule schedule(Principal by, String workflow, CronTrigger trigger, Instant now) {
        var timing = new Timing.Calendar(Cron.parse(trigger.cron()), ZoneId.of(trigger.zone()));
        var input = trigger.input().isEmpty() ? "null" : trigger.input();
        return new Schedule(
                by.tenant(),
                id(by.tenant(), workflow, trigger.name()),
                workflow,
                by.service(),
                Source.MANIFEST,
                trigger.name(),
                timing,
                input.getBytes(StandardCharsets.UTF_8),
                Map.of(),
                trigger.overlap(),
                trigger.catchUp(),
                Schedule.CATCH_UP_LIMIT,
                trigger.jitter(),
                Pausing.NONE,
                Progress.from(timing.next(now)),
                now,
                now,
                Schedule.revision(now, 0));
    }

    /** The same name is the same schedule in every version. */
    private static UUID id(TenantId tenant, String workflow, String name) {
        var text = tenant + "\n" + workflow + "\nschedule\n" + name;
        var hash = ByteBuffer.wrap(Payloads.sha256(text.getBytes(StandardCharsets.UTF_8)));
        return new UUID(
                hash.getLong() & ~0xF000L | 0x8000L, hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }

    @Override
    public void committed(TenantId tenant, Manifest manifest) {
        // What is gone is noticed when it is due; what is new or another is read now.
        rows.find(manifest.triggers().crons().stream()
                        .map(trigger -> id(tenant, manifest.workflow(), trigger.name()))
                        .toList())
                .forEach(clockwork::learn);
    }
}
