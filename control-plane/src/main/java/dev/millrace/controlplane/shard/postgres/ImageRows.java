package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The rows that recovery and reads of single runs need. Written in the transaction of the pass. */
final class ImageRows implements Passes.Rows {
    @Override
    public void write(Connection connection, Projection projection, ChangedTasks changed) throws SQLException {
        runs(connection, projection);
        tasks(connection, projection.runs(), changed);
    }

    private static void runs(Connection connection, Projection projection) throws SQLException {
        var runs = new CopyRows(10);
        List<RunImage> known = new ArrayList<>();
        var history = new CopyRows(4);
        for (var image : projection.runs()) {
            if (image.isNew()) {
                runs.row()
                        .uuid(image.tenant().value())
                        .uuid(image.run().value())
                        .instant(image.started())
                        .instant(image.ended())
                        .smallint(projection.shard())
                        .smallint(image.state().code())
                        .text(image.version().workflow())
                        .text(image.version().hash())
                        .bytes(ImageCodec.encode(image))
                        .bytes(ImageCodec.encode(image.history()));
            } else {
                known.add(image);
                if (!image.history().isEmpty()) {
                    history.row()
                            .uuid(image.tenant().value())
                            .uuid(image.run().value())
                            .bigint(projection.toSeq())
                            .bytes(ImageCodec.encode(image.history()));
                }
            }
        }
        runs.send(connection, """
                /* projection.runs */
                COPY core.run (tenant_id, run_id, started, ended, shard, state, workflow, version, image, history)
                FROM STDIN (FORMAT binary)""");
        history.send(connection, """
                /* projection.history */
                COPY core.run_history (tenant_id, run_id, seq, body) FROM STDIN (FORMAT binary)""");
        if (!known.isEmpty()) {
            try (var statement = connection.prepareStatement("""
                    /* projection.update */
                    UPDATE core.run r SET ended = u.ended, state = u.state, image = u.image
                    FROM unnest(?::uuid[], ?::uuid[], ?::timestamptz[], ?::smallint[], ?::bytea[])
                      u(tenant_id, run_id, ended, state, image)
                    WHERE r.tenant_id = u.tenant_id AND r.run_id = u.run_id""")) {
                statement.setObject(
                        1, BinaryArray.ofUuids(known, image -> image.tenant().value()));
                statement.setObject(
                        2, BinaryArray.ofUuids(known, image -> image.run().value()));
                statement.setObject(3, BinaryArray.ofInstants(known, RunImage::ended));
                statement.setArray(
                        4,
                        SqlArrays.smallints(
                                connection, known, image -> image.state().code()));
                statement.setArray(5, SqlArrays.bytes(connection, known, ImageCodec::encode));
                int updated = statement.executeUpdate();
                if (updated != known.size()) {
                    throw new IllegalStateException("Only " + updated + " of " + known.size() + " runs of shard "
                            + projection.shard() + " had an image before, contrary to what its owner says.");
                }
            }
        }
    }

    private static void tasks(Connection connection, List<RunImage> images, ChangedTasks changed) throws SQLException {
        var rows = new CopyRows(5);
        List<AnalyticsRows.TaskOfRun> known = new ArrayList<>();
        for (var image : images) {
            if (ImageCodec.hasTaskRows(image)) {
                if (image.isNew()) {
                    for (var task : image.tasks()) {
                        rows.row()
                                .uuid(image.tenant().value())
                                .uuid(image.run().value())
                                .integer(task.node())
                                .integer(task.element())
                                .bytes(ImageCodec.encode(task, image));
                    }
                } else {
                    changed.of(image).forEach(task -> known.add(new AnalyticsRows.TaskOfRun(image, task)));
                }
            }
        }
        rows.send(connection, """
                /* projection.tasks */
                COPY core.run_task (tenant_id, run_id, node, element, image) FROM STDIN (FORMAT binary)""");
        if (!known.isEmpty()) {
            try (var statement = connection.prepareStatement("""
                    /* projection.upsert */
                    INSERT INTO core.run_task (tenant_id, run_id, node, element, image)
                    SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::int[], ?::int[], ?::bytea[])
                    ON CONFLICT (tenant_id, run_id, node, element) DO UPDATE SET image = excluded.image""")) {
                statement.setObject(
                        1,
                        BinaryArray.ofUuids(known, task -> task.run().tenant().value()));
                statement.setObject(
                        2, BinaryArray.ofUuids(known, task -> task.run().run().value()));
                statement.setArray(
                        3, SqlArrays.ints(connection, known, task -> task.task().node()));
                statement.setArray(
                        4, SqlArrays.ints(connection, known, task -> task.task().element()));
                statement.setArray(
                        5, SqlArrays.bytes(connection, known, task -> ImageCodec.encode(task.task(), task.run())));
                statement.executeUpdate();
            }
        }
    }
}
