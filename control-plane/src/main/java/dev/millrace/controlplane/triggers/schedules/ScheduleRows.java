package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.AuditEntry;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.controlplane.triggers.RowsOfWorkflows;
import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.controlplane.triggers.schedules.Schedule.Source;
import dev.millrace.engine.RunId;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;

/** Schedules, as rows. Methods block. */
@Singleton
final class ScheduleRows {
    /** How many schedules a tenant may have, those of manifests included. */
    static final int MAX_SCHEDULES = 20_000;

    private static final RowsOfWorkflows<Schedule> ROWS =
            new RowsOfWorkflows<>("schedule", ScheduleForm.COLUMNS, MAX_SCHEDULES, ScheduleForm::read);

    private final RequestDatabase database;
    private final DataSource owner;

    ScheduleRows(RequestDatabase database, @Named("owner") DataSource owner) {
        this.database = database;
        this.owner = owner;
    }

    // ---- for requests ----

    /** The schedules after an id whose workflows the service may see, oldest first. */
    List<Schedule> list(Principal who, Optional<String> workflow, UUID after, int limit) {
        return database.inTenant(who.tenant(), connection -> ROWS.list(connection, who, workflow, after, limit));
    }

    /** The schedule, if its workflow may be seen by the service. */
    Optional<Schedule> find(Principal who, UUID id) {
        return database.inTenant(who.tenant(), connection -> ROWS.find(connection, who, id));
    }

    /** @throws ApiException with {@link ErrorCode#SCHEDULE_EXISTS} or {@link ErrorCode#QUOTA_EXCEEDED} */
    void create(Principal by, Schedule schedule) {
        database.inTenant(by.tenant(), connection -> {
            ROWS.requireRoom(connection, by);
            if (insert(connection, schedule) == 0) {
                throw new ApiException(
                        ErrorCode.SCHEDULE_EXISTS,
                        "Workflow " + schedule.workflow() + " has a schedule " + schedule.name()
                                + " already. Choose another name, or change that one.",
                        "$.name");
            }
            audit(by, schedule.createdAt(), "schedule.create", schedule).store(connection);
            ScheduleNews.tell(connection);
            return null;
        });
    }

    /** What a schedule becomes. */
    @FunctionalInterface
    interface Change {
        /** @throws ApiException when it cannot be changed so */
        Schedule of(Schedule before);
    }

    /** @throws ApiException with {@link ErrorCode#SCHEDULE_NOT_FOUND}, or as the change does */
    Schedule update(Principal by, UUID id, Change change) {
        return database.inTenant(by.tenant(), connection -> {
            var after = change.of(ROWS.lock(connection, by, id).orElseThrow(() -> missing(id)));
            rewrite(connection, after);
            audit(by, after.updatedAt(), "schedule.update", after).store(connection);
            ScheduleNews.tell(connection);
            return after;
        });
    }

    /** @throws ApiException with {@link ErrorCode#SCHEDULE_NOT_FOUND} or {@link ErrorCode#FROM_MANIFEST} */
    void delete(Principal by, UUID id, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            var schedule = ROWS.lock(connection, by, id).orElseThrow(() -> missing(id));
            if (schedule.source() == Source.MANIFEST) {
                throw new ApiException(
                        ErrorCode.FROM_MANIFEST,
                        "Schedule " + schedule.name() + " stands in the manifest of " + schedule.workflow()
                                + ". Pause it, or register a version without it.");
            }
            ROWS.delete(connection, by, id);
            audit(by, now, "schedule.delete", schedule).store(connection);
            return null;
        });
    }

    static ApiException missing(UUID id) {
        return new ApiException(
                ErrorCode.SCHEDULE_NOT_FOUND,
                "There is no schedule " + id + ". List those there are: GET /api/v1/schedules.");
    }

    /** Replaces what the manifest before said; what both say alike goes on where it is. */
    static void replace(Connection connection, Principal by, String workflow, List<Schedule> wanted)
            throws SQLException {
        ROWS.keepOfManifest(
                connection, by, workflow, wanted.stream().map(Schedule::id).toList());
        if (wanted.isEmpty()) {
            return;
        }
        ROWS.requireRoom(connection, by);
        ScheduleNews.tell(connection);
        for (var schedule : wanted) {
            if (insert(connection, schedule) == 0) {
                var before = ROWS.lock(connection, by, schedule.id()).orElseThrow();
                if (!ScheduleForm.saysTheSame(before, schedule)) {
                    rewrite(connection, ScheduleForm.changed(before, schedule));
                }
            }
        }
    }

    private static int insert(Connection connection, Schedule schedule) throws SQLException {
        try (var statement = connection.prepareStatement("""
            /* schedule.create */
            INSERT INTO core.schedule (kind, timing, zone, anchor, input, metadata, overlap, catch_up, catch_up_limit,
              jitter_millis, paused, while_paused, next_at, queued_from, updated_at, revision,
              workflow, service_id, source, name, created_at, last_problem, tenant_id, schedule_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?) ON CONFLICT DO NOTHING\
            """)) {
            int at = ScheduleForm.set(statement, schedule);
            statement.setString(++at, schedule.workflow());
            statement.setObject(++at, schedule.service().value());
            statement.setInt(++at, schedule.source().ordinal());
            statement.setString(++at, schedule.name());
            statement.setObject(++at, schedule.createdAt().atOffset(ZoneOffset.UTC));
            statement.setObject(++at, schedule.tenant().value());
            statement.setObject(++at, schedule.id());
            return statement.executeUpdate();
        }
    }

    private static void rewrite(Connection connection, Schedule schedule) throws SQLException {
        try (var statement = connection.prepareStatement("""
            /* schedule.update */
            UPDATE core.schedule SET kind = ?, timing = ?, zone = ?, anchor = ?, input = ?, metadata = ?, overlap = ?,
              catch_up = ?, catch_up_limit = ?, jitter_millis = ?, paused = ?, while_paused = ?, next_at = ?, queued_from = ?,
              updated_at = ?, revision = ?
            WHERE tenant_id = ? AND schedule_id = ?\
            """)) {
            int at = ScheduleForm.set(statement, schedule);
            statement.setObject(++at, schedule.tenant().value());
            statement.setObject(++at, schedule.id());
            statement.executeUpdate();
        }
    }

    private static AuditEntry audit(Principal by, Instant at, String action, Schedule schedule) {
        return new AuditEntry(
                by.tenant(),
                by.tokenId(),
                at,
                action,
                schedule.id().toString(),
                schedule.name() + " starts " + schedule.workflow() + (schedule.paused() ? " (paused)" : ""));
    }

    // ---- for the clockwork, which works for all tenants ----

    /** All schedules that still have a tick and are not paused. */
    List<Schedule> waiting() {
        return owned(
                "/* schedule.waiting */ SELECT " + ScheduleForm.COLUMNS
                        + " FROM core.schedule c WHERE NOT paused AND next_at IS NOT NULL",
                statement -> {});
    }

    /** Schedules that were changed at an instant or later, whatever they wait for. */
    List<Schedule> changedSince(Instant since) {
        return owned(
                "/* schedule.changed */ SELECT " + ScheduleForm.COLUMNS + " FROM core.schedule c WHERE updated_at >= ?",
                statement -> statement.setObject(1, since.atOffset(ZoneOffset.UTC)));
    }

    /** Those of these that there are, as they are now. */
    List<Schedule> find(Collection<UUID> ids) {
        return owned(
                "/* schedule.due */ SELECT " + ScheduleForm.COLUMNS
                        + " FROM core.schedule c WHERE schedule_id = ANY (?)",
                statement -> statement.setArray(1, statement.getConnection().createArrayOf("uuid", ids.toArray())));
    }

    /** Sets a parameter. */
    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private List<Schedule> owned(String sql, Parameters parameters) {
        try (var connection = owner.getConnection();
                var statement = connection.prepareStatement(sql)) {
            parameters.set(statement);
            return ROWS.read(statement);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Stores how far schedules have come; one that somebody changed meanwhile keeps what the change says. */
    void advance(List<Schedule> schedules) {
        try (var connection = owner.getConnection();
                var statement = connection.prepareStatement("""
                    /* schedule.advance */
                    UPDATE core.schedule c
                    SET next_at = n.next_at, queued_from = n.queued_from, last_at = n.last_at, last_run = n.last_run,
                      last_problem = n.problem
                    FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                      AS n(tenant_id, schedule_id, revision, next_at, queued_from, last_at, last_run, problem)
                    WHERE c.tenant_id = n.tenant_id AND c.schedule_id = n.schedule_id AND c.revision = n.revision\
                    """)) {
            int at = 0;
            statement.setArray(
                    ++at,
                    array(
                            connection,
                            "uuid",
                            schedules,
                            schedule -> schedule.tenant().value()));
            statement.setArray(++at, array(connection, "uuid", schedules, Schedule::id));
            statement.setArray(++at, array(connection, "int8", schedules, Schedule::revision));
            statement.setArray(++at, instants(connection, schedules, Progress::nextAt));
            statement.setArray(++at, instants(connection, schedules, Progress::queuedFrom));
            statement.setArray(++at, instants(connection, schedules, Progress::lastAt));
            statement.setArray(
                    ++at,
                    array(
                            connection,
                            "uuid",
                            schedules,
                            schedule -> schedule.progress()
                                    .lastRun()
                                    .map(RunId::value)
                                    .orElse(null)));
            statement.setArray(
                    ++at,
                    array(
                            connection,
                            "text",
                            schedules,
                            schedule -> schedule.progress().problem()));
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private static java.sql.Array array(
            Connection connection, String type, List<Schedule> rows, Function<Schedule, Object> value)
            throws SQLException {
        return connection.createArrayOf(type, rows.stream().map(value).toArray());
    }

    private static java.sql.Array instants(
            Connection connection, List<Schedule> rows, Function<Progress, Optional<Instant>> value)
            throws SQLException {
        return array(
                connection,
                "timestamptz",
                rows,
                schedule ->
                        value.apply(schedule.progress()).map(Instant::toString).orElse(null));
    }
}
