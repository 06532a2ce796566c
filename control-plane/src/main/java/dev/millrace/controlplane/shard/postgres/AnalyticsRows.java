package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.TaskState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The rows that lists are made of: one per run, and one per task from its first attempt on. What a task did before it had one says
 * nothing that its run does not say, and a queue of a million would cost a second row each. Written in the transaction of the pass.
 */
final class AnalyticsRows implements Passes.Rows {
    private static final int MESSAGE_CHARS = 1_000;
    // Stands for no worker in an array; the statement makes a null of it.
    private static final UUID NOBODY = new UUID(0, 0);

    private final StepNames names;

    AnalyticsRows(StepNames names) {
        this.names = names;
    }

    /** A task together with its run. */
    record TaskOfRun(RunImage run, TaskImage task) {}

    @Override
    public void write(Connection connection, Projection projection, ChangedTasks changed) throws SQLException {
        newRuns(connection, projection.runs());
        newTasks(connection, projection.runs());
        List<RunImage> known = new ArrayList<>();
        List<TaskOfRun> knownTasks = new ArrayList<>();
        for (var image : projection.runs()) {
            if (!image.isNew()) {
                known.add(image);
                for (var task : changed.of(image)) {
                    if (hasRow(image, task)) {
                        knownTasks.add(new TaskOfRun(image, task));
                    }
                }
            }
        }
        update(connection, known);
        upsert(connection, knownTasks);
    }

    private static void newRuns(Connection connection, List<RunImage> images) throws SQLException {
        try (var rows = new CopyRows(connection, """
            /* analytics.runs */
            COPY analytics.run (tenant_id, run_id, started_at, ended_at, state, priority, compensated, workflow, version,
              failed_step, failure_type, failure_message, metadata_keys, metadata_values, generation, parent_run)
            FROM STDIN (FORMAT binary)\
            """, 16)) {
            for (var image : images) {
                if (image.isNew()) {
                    put(rows, image);
                }
            }
            rows.end();
        }
    }

    private void newTasks(Connection connection, List<RunImage> images) throws SQLException {
        try (var rows = new CopyRows(connection, """
            /* analytics.tasks */
            COPY analytics.task (tenant_id, run_id, queued_at, started_at, ended_at, worker_id, node, element, attempt, state,
              step, failure_type, failure_message, generation, waits_for, waits_until) FROM STDIN (FORMAT binary)\
            """, 16)) {
            for (var image : images) {
                if (image.isNew()) {
                    for (var task : image.tasks()) {
                        if (hasRow(image, task)) {
                            put(rows, image, task);
                        }
                    }
                }
            }
            rows.end();
        }
    }

    /** A replay may find the row of a former generation, which must not stay as it is. */
    private static boolean hasRow(RunImage image, TaskImage task) {
        return task.attempt() > 0
                || task.state() != TaskState.PENDING && task.state() != TaskState.QUEUED
                || image.generation() > 1;
    }

    private static void put(CopyRows rows, RunImage image) throws SQLException {
        var failure = image.failure();
        // Sorted, so that the same metadata always gives the same row.
        Map<String, String> metadata = image.metadata().isEmpty() ? Map.of() : new TreeMap<>(image.metadata());
        rows.row()
                .uuid(image.tenant().value())
                .uuid(image.run().value())
                .instant(firstStart(image))
                .instant(image.ended())
                .smallint(image.state().code())
                .smallint(image.priority().code())
                .bool(image.compensated())
                .text(image.version().workflow())
                .text(image.version().hash())
                .optionalText(failure.map(RunFailure::step))
                .optionalText(failure.map(f -> f.cause().type()))
                .optionalText(failure.map(f -> cut(f.cause().message())))
                .texts(List.copyOf(metadata.keySet()))
                .texts(List.copyOf(metadata.values()))
                .integer(image.generation())
                .optionalUuid(image.parent().map(parent -> parent.run().value()));
    }

    private void put(CopyRows rows, RunImage image, TaskImage task) throws SQLException {
        rows.row()
                .uuid(image.tenant().value())
                .uuid(image.run().value())
                .instant(task.queued())
                .instant(task.started())
                .instant(task.ended())
                .optionalUuid(task.worker().map(worker -> worker.value()))
                .integer(task.node())
                .integer(task.element())
                .integer(task.attempt())
                .smallint(task.state().code())
                .text(names.name(image.tenant(), image.version(), task.node()))
                .optionalText(task.failure().map(failure -> failure.type()))
                .optionalText(task.failure().map(failure -> cut(failure.message())))
                .integer(image.generation())
                .optionalSmallint(WaitsFor.code(task))
                .instant(WaitsFor.until(task));
    }

    private static void update(Connection connection, List<RunImage> images) throws SQLException {
        if (images.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
            /* analytics.update */
            UPDATE analytics.run r SET state = u.state, compensated = (u.compensated = 1), ended_at = u.ended_at,
              started_at = least(r.started_at, u.started_at), failed_step = nullif(u.failed_step, ''),
              failure_type = nullif(u.failure_type, ''), failure_message = nullif(u.failure_message, ''),
              generation = u.generation
            FROM unnest(?::uuid[], ?::uuid[], ?::timestamptz[], ?::timestamptz[], ?::smallint[], ?::smallint[], ?::text[],
              ?::text[], ?::text[], ?::int[])
              u(tenant_id, run_id, started_at, ended_at, state, compensated, failed_step, failure_type, failure_message,
                generation)
            WHERE r.tenant_id = u.tenant_id AND r.run_id = u.run_id\
            """)) {
            statement.setObject(
                    1, BinaryArray.ofUuids(images, image -> image.tenant().value()));
            statement.setObject(
                    2, BinaryArray.ofUuids(images, image -> image.run().value()));
            statement.setObject(3, BinaryArray.ofInstants(images, AnalyticsRows::firstStart));
            statement.setObject(4, BinaryArray.ofInstants(images, RunImage::ended));
            statement.setArray(
                    5,
                    SqlArrays.smallints(
                            connection, images, image -> image.state().code()));
            statement.setArray(6, SqlArrays.smallints(connection, images, image -> image.compensated() ? 1 : 0));
            statement.setArray(
                    7,
                    SqlArrays.texts(
                            connection,
                            images,
                            image -> image.failure().map(RunFailure::step).orElse("")));
            statement.setArray(
                    8,
                    SqlArrays.texts(
                            connection,
                            images,
                            image -> image.failure().map(f -> f.cause().type()).orElse("")));
            statement.setArray(
                    9,
                    SqlArrays.texts(
                            connection,
                            images,
                            image -> image.failure()
                                    .map(f -> cut(f.cause().message()))
                                    .orElse("")));
            statement.setArray(10, SqlArrays.ints(connection, images, RunImage::generation));
            statement.executeUpdate();
        }
    }

    private void upsert(Connection connection, List<TaskOfRun> tasks) throws SQLException {
        if (tasks.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
            /* analytics.upsert */
            INSERT INTO analytics.task AS t (tenant_id, run_id, queued_at, started_at, ended_at, worker_id, node, element,
              attempt, state, step, failure_type, failure_message, generation, waits_for, waits_until)
            SELECT tenant_id, run_id, queued_at, started_at, ended_at,
              nullif(worker_id, '00000000-0000-0000-0000-000000000000'), node, element, attempt, state, step,
              nullif(failure_type, ''), nullif(failure_message, ''), generation, nullif(waits_for, -1), waits_until
            FROM unnest(?::uuid[], ?::uuid[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::uuid[], ?::int[],
              ?::int[], ?::int[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::int[], ?::smallint[], ?::timestamptz[])
              u(tenant_id, run_id, queued_at, started_at, ended_at, worker_id, node, element, attempt, state, step,
                failure_type, failure_message, generation, waits_for, waits_until)
            ON CONFLICT (tenant_id, run_id, node, element) DO UPDATE SET queued_at = excluded.queued_at,
              started_at = excluded.started_at, ended_at = excluded.ended_at, worker_id = excluded.worker_id,
              attempt = excluded.attempt, state = excluded.state, failure_type = excluded.failure_type,
              failure_message = excluded.failure_message, generation = excluded.generation,
              waits_for = excluded.waits_for, waits_until = excluded.waits_until\
            """)) {
            statement.setObject(
                    1, BinaryArray.ofUuids(tasks, task -> task.run().tenant().value()));
            statement.setObject(
                    2, BinaryArray.ofUuids(tasks, task -> task.run().run().value()));
            statement.setObject(
                    3, BinaryArray.ofInstants(tasks, task -> task.task().queued()));
            statement.setObject(
                    4, BinaryArray.ofInstants(tasks, task -> task.task().started()));
            statement.setObject(
                    5, BinaryArray.ofInstants(tasks, task -> task.task().ended()));
            statement.setObject(
                    6,
                    BinaryArray.ofUuids(
                            tasks,
                            task -> task.task()
                                    .worker()
                                    .map(worker -> worker.value())
                                    .orElse(NOBODY)));
            statement.setArray(
                    7, SqlArrays.ints(connection, tasks, task -> task.task().node()));
            statement.setArray(
                    8, SqlArrays.ints(connection, tasks, task -> task.task().element()));
            statement.setArray(
                    9, SqlArrays.ints(connection, tasks, task -> task.task().attempt()));
            statement.setArray(
                    10,
                    SqlArrays.smallints(
                            connection, tasks, task -> task.task().state().code()));
            statement.setArray(
                    11,
                    SqlArrays.texts(
                            connection,
                            tasks,
                            task -> names.name(
                                    task.run().tenant(),
                                    task.run().version(),
                                    task.task().node())));
            statement.setArray(
                    12,
                    SqlArrays.texts(
                            connection,
                            tasks,
                            task -> task.task().failure().map(f -> f.type()).orElse("")));
            statement.setArray(
                    13,
                    SqlArrays.texts(
                            connection,
                            tasks,
                            task -> task.task()
                                    .failure()
                                    .map(f -> cut(f.message()))
                                    .orElse("")));
            statement.setArray(
                    14, SqlArrays.ints(connection, tasks, task -> task.run().generation()));
            statement.setArray(
                    15,
                    SqlArrays.smallints(
                            connection,
                            tasks,
                            task -> WaitsFor.code(task.task()).orElse(-1)));
            statement.setObject(16, BinaryArray.ofInstants(tasks, task -> WaitsFor.until(task.task())));
            statement.executeUpdate();
        }
    }

    /** When the first of its attempts was entered, as far as the image tells; {@link Instant#MAX} if none was. */
    private static Instant firstStart(RunImage image) {
        var first = Instant.MAX;
        for (var task : image.tasks()) {
            if (!task.started().equals(Instant.MIN) && task.started().isBefore(first)) {
                first = task.started();
            }
        }
        return first;
    }

    private static String cut(String message) {
        if (message.length() <= MESSAGE_CHARS) {
            return message;
        }
        int end = Character.isHighSurrogate(message.charAt(MESSAGE_CHARS - 1)) ? MESSAGE_CHARS - 1 : MESSAGE_CHARS;
        return message.substring(0, end);
    }
}
