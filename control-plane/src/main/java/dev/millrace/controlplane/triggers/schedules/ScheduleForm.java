package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.triggers.schedules.Schedule.Pausing;
import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.controlplane.triggers.schedules.Schedule.Source;
import dev.millrace.controlplane.triggers.schedules.Schedule.WhilePaused;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.CatchUp;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Overlap;
import dev.millrace.manifest.schedule.Cron;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** How a schedule is written in a row, and when two of them say the same. */
final class ScheduleForm {
    static final String COLUMNS =
            "c.tenant_id, c.schedule_id, c.workflow, c.service_id, c.source, c.name, c.kind, c.timing, c.zone,"
                    + " c.anchor, c.input, c.metadata, c.overlap, c.catch_up, c.catch_up_limit, c.jitter_millis, c.paused,"
                    + " c.while_paused, EXISTS (SELECT FROM core.pause p WHERE p.tenant_id = c.tenant_id AND p.kind = 0"
                    + " AND p.name = c.workflow) AS workflow_paused, c.next_at, c.queued_from, c.last_at, c.last_run,"
                    + " c.last_problem, c.created_at, c.updated_at, c.revision";

    private ScheduleForm() {}

    /** Sets what can be changed of a schedule as the first parameters. @return how many they are */
    static int set(PreparedStatement statement, Schedule schedule) throws SQLException {
        int at = 0;
        statement.setInt(++at, kind(schedule.timing()));
        statement.setString(++at, text(schedule.timing()));
        statement.setString(++at, zone(schedule.timing()));
        statement.setObject(++at, anchor(schedule).atOffset(ZoneOffset.UTC));
        statement.setBytes(++at, schedule.input());
        statement.setBytes(++at, metadata(schedule.metadata()));
        statement.setInt(++at, schedule.overlap().ordinal());
        statement.setInt(++at, schedule.catchUp().ordinal());
        statement.setInt(++at, schedule.catchUpLimit());
        statement.setLong(++at, schedule.jitter().toMillis());
        statement.setBoolean(++at, schedule.paused());
        statement.setInt(++at, schedule.pausing().whilePaused().ordinal());
        statement.setObject(++at, atUtc(schedule.progress().nextAt()));
        statement.setObject(++at, atUtc(schedule.progress().queuedFrom()));
        statement.setObject(++at, schedule.updatedAt().atOffset(ZoneOffset.UTC));
        statement.setLong(++at, schedule.revision());
        return at;
    }

    static Schedule read(ResultSet rows) throws SQLException {
        return new Schedule(
                new TenantId(rows.getObject("tenant_id", UUID.class)),
                rows.getObject("schedule_id", UUID.class),
                rows.getString("workflow"),
                new ServiceId(rows.getObject("service_id", UUID.class)),
                rows.getInt("source") == 0 ? Source.MANIFEST : Source.RUNTIME,
                rows.getString("name"),
                timing(rows),
                rows.getBytes("input"),
                metadata(rows.getBytes("metadata")),
                Overlap.values()[rows.getInt("overlap")],
                CatchUp.values()[rows.getInt("catch_up")],
                rows.getInt("catch_up_limit"),
                Duration.ofMillis(rows.getLong("jitter_millis")),
                new Pausing(
                        rows.getBoolean("paused"),
                        WhilePaused.values()[rows.getInt("while_paused")],
                        rows.getBoolean("workflow_paused")),
                new Progress(
                        instant(rows, "next_at"),
                        instant(rows, "queued_from"),
                        instant(rows, "last_at"),
                        Optional.ofNullable(rows.getObject("last_run", UUID.class))
                                .map(RunId::new),
                        rows.getString("last_problem")),
                instant(rows, "created_at").orElseThrow(),
                instant(rows, "updated_at").orElseThrow(),
                rows.getLong("revision"));
    }

    private static Timing timing(ResultSet rows) throws SQLException {
        var text = rows.getString("timing");
        return switch (rows.getInt("kind")) {
            case 0 -> new Timing.Calendar(Cron.parse(text), ZoneId.of(rows.getString("zone")));
            case 1 ->
                new Timing.Interval(
                        Duration.parse(text), instant(rows, "anchor").orElseThrow());
            default -> new Timing.Once(Instant.parse(text));
        };
    }

    private static int kind(Timing timing) {
        if (timing instanceof Timing.Calendar) {
            return 0;
        }
        return timing instanceof Timing.Interval ? 1 : 2;
    }

    private static String text(Timing timing) {
        if (timing instanceof Timing.Calendar calendar) {
            return calendar.cron().expression();
        } else if (timing instanceof Timing.Interval interval) {
            return interval.every().toString();
        } else {
            return ((Timing.Once) timing).at().toString();
        }
    }

    /** The timing as people write it. */
    static String shown(Timing timing) {
        return timing instanceof Timing.Interval interval ? Durations.format(interval.every()) : text(timing);
    }

    static String zone(Timing timing) {
        return timing instanceof Timing.Calendar calendar ? calendar.zone().getId() : "";
    }

    private static Instant anchor(Schedule schedule) {
        return schedule.timing() instanceof Timing.Interval interval ? interval.anchor() : schedule.createdAt();
    }

    /** Whether both say the same, however far they have come. */
    static boolean saysTheSame(Schedule one, Schedule other) {
        return one.timing().equals(other.timing())
                && one.service().equals(other.service())
                && Arrays.equals(one.input(), other.input())
                && one.metadata().equals(other.metadata())
                && one.overlap() == other.overlap()
                && one.catchUp() == other.catchUp()
                && one.catchUpLimit() == other.catchUpLimit()
                && one.jitter().equals(other.jitter());
    }

    /** What a schedule becomes when a new version of its workflow says something else: it stays paused, and begins anew. */
    static Schedule changed(Schedule before, Schedule wanted) {
        return new Schedule(
                before.tenant(),
                before.id(),
                before.workflow(),
                wanted.service(),
                before.source(),
                before.name(),
                wanted.timing(),
                wanted.input(),
                wanted.metadata(),
                wanted.overlap(),
                wanted.catchUp(),
                wanted.catchUpLimit(),
                wanted.jitter(),
                before.pausing(),
                before.timing().equals(wanted.timing()) ? before.progress() : wanted.progress(),
                before.createdAt(),
                wanted.updatedAt(),
                Schedule.revision(wanted.updatedAt(), before.revision()));
    }

    private static byte[] metadata(Map<String, String> metadata) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        new TreeMap<>(metadata).forEach((name, value) -> members.put(name, JsonValue.of(value)));
        return Json.write(new JsonValue.Object(members)).getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> metadata(byte[] bytes) {
        Map<String, String> metadata = new LinkedHashMap<>();
        ((JsonValue.Object) Json.read(bytes))
                .members()
                .forEach((name, value) -> metadata.put(name, ((JsonValue.Text) value).value()));
        return metadata;
    }

    private static OffsetDateTime atUtc(Optional<Instant> instant) {
        return instant.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null);
    }

    private static Optional<Instant> instant(ResultSet rows, String column) throws SQLException {
        return Optional.ofNullable(rows.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
