package dev.millrace.controlplane.shard.postgres;

import com.google.protobuf.MessageLite;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The rows that recovery and reads of single runs need. Written in the transaction of the pass. */
final class ImageRows implements Passes.Rows {
    @Override
    public void write(Connection connection, Projection projection, ChangedTasks changed) throws SQLException {
        newRuns(connection, projection);
        dropHistory(connection, projection);
        history(connection, projection);
        neverStored(connection, projection.runs());
        formerGenerations(connection, projection.runs());
        knownRuns(connection, projection);
        newTasks(connection, projection.runs());
        removeTasks(connection, projection.runs(), changed);
        knownTasks(connection, projection.runs(), changed);
    }

    private static void newRuns(Connection connection, Projection projection) throws SQLException {
        try (var rows = new CopyRows(connection, """
            /* projection.runs */
            COPY core.run (tenant_id, run_id, started, ended, shard, state, workflow, version, image, history, generation, lane, wake_at)
            FROM STDIN (FORMAT binary)\
            """, 13)) {
            for (var image : projection.runs()) {
                if (image.isNew()) {
                    rows.row()
                            .uuid(image.tenant().value())
                            .uuid(image.run().value())
                            .instant(image.started())
                            .instant(image.ended())
                            .smallint(projection.shard())
                            .smallint(image.state().code())
                            .text(image.version().workflow())
                            .text(image.version().hash())
                            .message(ImageCodec.message(image))
                            .message(ImageCodec.message(RunImage.since(image.history())))
                            .integer(image.generation())
                            .optionalUuid(lane(image))
                            .instant(wake(image));
                }
            }
            rows.end();
        }
    }

    private static Optional<UUID> lane(RunImage image) {
        return image.passivity().flatMap(Passivity::lane).map(LaneKey::value);
    }

    /** {@link Instant#MAX} for one that has to be in memory, or has ended. */
    private static Instant wake(RunImage image) {
        return image.passivity().map(Passivity::wake).orElse(Instant.MAX);
    }

    /** What runs that begin anew did before; the piece in their own rows stays, and is left out when it is read. */
    private static void dropHistory(Connection connection, Projection projection) throws SQLException {
        var anew = projection.runs().stream()
                .filter(image -> !image.isNew() && image.beginsAnew())
                .toList();
        if (anew.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
            /* projection.anew */
            WITH allowed AS MATERIALIZED (SELECT set_config('millrace.begins_anew', 'on', true))
            DELETE FROM core.run_history h USING unnest(?::uuid[], ?::uuid[]) u(tenant_id, run_id), allowed
            WHERE h.tenant_id = u.tenant_id AND h.run_id = u.run_id\
            """)) {
            statement.setObject(
                    1, BinaryArray.ofUuids(anew, image -> image.tenant().value()));
            statement.setObject(
                    2, BinaryArray.ofUuids(anew, image -> image.run().value()));
            statement.executeUpdate();
        }
    }

    /** What has come since the first pass over a run. */
    private static void history(Connection connection, Projection projection) throws SQLException {
        try (var rows = new CopyRows(connection, """
            /* projection.history */
            COPY core.run_history (tenant_id, run_id, seq, body) FROM STDIN (FORMAT binary)\
            """, 4)) {
            for (var image : projection.runs()) {
                if (!image.isNew() && !image.history().isEmpty()) {
                    rows.row()
                            .uuid(image.tenant().value())
                            .uuid(image.run().value())
                            .bigint(projection.toSeq())
                            .message(ImageCodec.message(RunImage.since(image.history())));
                }
            }
            rows.end();
        }
    }

    /** Generations that ended and were replayed since the pass before: the rows of their runs never were what they were at their ends. */
    private static void neverStored(Connection connection, List<RunImage> images) throws SQLException {
        var former = new ArrayList<RunImage>();
        for (var image : images) {
            former.addAll(image.former());
        }
        try (var rows = new CopyRows(connection, """
            /* projection.ended */
            COPY core.run_generation (tenant_id, run_id, generation, state, workflow, version, image, tasks)
            FROM STDIN (FORMAT binary)\
            """, 8)) {
            for (var image : former) {
                rows.row()
                        .uuid(image.tenant().value())
                        .uuid(image.run().value())
                        .integer(image.generation())
                        .smallint(image.state().code())
                        .text(image.version().workflow())
                        .text(image.version().hash())
                        .message(ImageCodec.message(image))
                        .messages(ImageCodec.hasTaskRows(image) ? tasks(image) : List.of());
            }
            rows.end();
        }
    }

    private static List<MessageLite> tasks(RunImage image) {
        return image.tasks().stream()
                .<MessageLite>map(task -> ImageCodec.message(task, image))
                .toList();
    }

    /** What a replayed run was before: kept before its row takes what it is now. One that began anew had not ended, and is not kept. */
    private static void formerGenerations(Connection connection, List<RunImage> images) throws SQLException {
        var replayed = images.stream()
                .filter(image -> !image.isNew() && image.generation() > 1)
                .toList();
        if (replayed.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
            /* projection.generations */
            INSERT INTO core.run_generation (tenant_id, run_id, generation, state, workflow, version, image, tasks)
            SELECT r.tenant_id, r.run_id, r.generation, r.state, r.workflow, r.version, r.image,
              (SELECT array_agg(t.image ORDER BY t.node, t.element) FROM core.run_task t
                WHERE t.tenant_id = r.tenant_id AND t.run_id = r.run_id)
            FROM unnest(?::uuid[], ?::uuid[], ?::int[]) u(tenant_id, run_id, generation)
            JOIN core.run r ON r.tenant_id = u.tenant_id AND r.run_id = u.run_id AND r.generation < u.generation
              AND r.state >= 3
            ON CONFLICT DO NOTHING\
            """)) {
            statement.setObject(
                    1, BinaryArray.ofUuids(replayed, image -> image.tenant().value()));
            statement.setObject(
                    2, BinaryArray.ofUuids(replayed, image -> image.run().value()));
            statement.setArray(3, SqlArrays.ints(connection, replayed, RunImage::generation));
            statement.executeUpdate();
        }
    }

    private static void knownRuns(Connection connection, Projection projection) throws SQLException {
        var known = projection.runs().stream().filter(image -> !image.isNew()).toList();
        if (!known.isEmpty()) {
            try (var statement = connection.prepareStatement("""
                /* projection.update */
                UPDATE core.run r SET ended = u.ended, state = u.state, image = u.image, generation = u.generation,
                  lane = u.lane, wake_at = u.wake_at
                FROM unnest(?::uuid[], ?::uuid[], ?::timestamptz[], ?::smallint[], ?::bytea[], ?::int[], ?::uuid[],
                  ?::timestamptz[]) u(tenant_id, run_id, ended, state, image, generation, lane, wake_at)
                WHERE r.tenant_id = u.tenant_id AND r.run_id = u.run_id\
                """)) {
                statement.setObject(
                        1, BinaryArray.ofUuids(known, image -> image.tenant().value()));
                statement.setObject(
                        2, BinaryArray.ofUuids(known, image -> image.run().value()));
                statement.setObject(3, BinaryArray.ofInstants(known, RunImage::ended));
                statement.setArray(
                        4,
                        SqlArrays.smallints(
                                connection, known, image -> image.state().code()));
                statement.setObject(5, BinaryArray.ofMessages(known, image -> ImageCodec.message(image)));
                statement.setArray(6, SqlArrays.ints(connection, known, RunImage::generation));
                statement.setObject(7, BinaryArray.ofOptionalUuids(known, ImageRows::lane));
                statement.setObject(8, BinaryArray.ofInstants(known, ImageRows::wake));
                int updated = statement.executeUpdate();
                if (updated != known.size()) {
                    throw new IllegalStateException("Only " + updated + " of " + known.size() + " runs of shard "
                            + projection.shard() + " had an image before, contrary to what its owner says.");
                }
            }
        }
    }

    private static void newTasks(Connection connection, List<RunImage> images) throws SQLException {
        try (var rows = new CopyRows(connection, """
            /* projection.tasks */
            COPY core.run_task (tenant_id, run_id, node, element, image) FROM STDIN (FORMAT binary)\
            """, 5)) {
            for (var image : images) {
                if (image.isNew() && ImageCodec.hasTaskRows(image)) {
                    for (var task : image.tasks()) {
                        rows.row()
                                .uuid(image.tenant().value())
                                .uuid(image.run().value())
                                .integer(task.node())
                                .integer(task.element())
                                .message(ImageCodec.message(task, image));
                    }
                }
            }
            rows.end();
        }
    }

    /** What a former generation had and this one has not. */
    private static void removeTasks(Connection connection, List<RunImage> images, ChangedTasks changed)
            throws SQLException {
        var replayed = images.stream()
                .filter(image -> !image.isNew() && changed.mayHaveOthers(image))
                .toList();
        if (replayed.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
            /* projection.remove */
            DELETE FROM core.run_task t USING unnest(?::uuid[], ?::uuid[]) u(tenant_id, run_id)
            WHERE t.tenant_id = u.tenant_id AND t.run_id = u.run_id\
            """)) {
            statement.setObject(
                    1, BinaryArray.ofUuids(replayed, image -> image.tenant().value()));
            statement.setObject(
                    2, BinaryArray.ofUuids(replayed, image -> image.run().value()));
            statement.executeUpdate();
        }
    }

    private static void knownTasks(Connection connection, List<RunImage> images, ChangedTasks changed)
            throws SQLException {
        List<AnalyticsRows.TaskOfRun> known = new ArrayList<>();
        for (var image : images) {
            if (!image.isNew() && ImageCodec.hasTaskRows(image)) {
                changed.of(image).forEach(task -> known.add(new AnalyticsRows.TaskOfRun(image, task)));
            }
        }
        if (!known.isEmpty()) {
            try (var statement = connection.prepareStatement("""
                /* projection.upsert */
                INSERT INTO core.run_task (tenant_id, run_id, node, element, image)
                SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::int[], ?::int[], ?::bytea[])
                ON CONFLICT (tenant_id, run_id, node, element) DO UPDATE SET image = excluded.image\
                """)) {
                statement.setObject(
                        1,
                        BinaryArray.ofUuids(known, task -> task.run().tenant().value()));
                statement.setObject(
                        2, BinaryArray.ofUuids(known, task -> task.run().run().value()));
                statement.setArray(
                        3, SqlArrays.ints(connection, known, task -> task.task().node()));
                statement.setArray(
                        4, SqlArrays.ints(connection, known, task -> task.task().element()));
                statement.setObject(
                        5, BinaryArray.ofMessages(known, task -> ImageCodec.message(task.task(), task.run())));
                statement.executeUpdate();
            }
        }
    }
}
