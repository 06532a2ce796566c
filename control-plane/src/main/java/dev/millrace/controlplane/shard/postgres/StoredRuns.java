package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.LaneKey;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Rows of runs as images. */
final class StoredRuns {
    /** What {@link #next} reads of a row. */
    static final String COLUMNS = "tenant_id, run_id, workflow, version, state, image, lane, wake_at";

    private StoredRuns() {}

    /** The run in the row that is next, before its tasks and history are read. */
    static ImageCodec.Stored next(ResultSet rows) throws SQLException {
        var lane = rows.getObject("lane", UUID.class);
        var wake = rows.getObject("wake_at", OffsetDateTime.class);
        return new ImageCodec.Stored(
                new ImageCodec.Row(
                        new TenantId(rows.getObject("tenant_id", UUID.class)),
                        new RunId(rows.getObject("run_id", UUID.class)),
                        new VersionRef(rows.getString("workflow"), rows.getString("version")),
                        RunState.ofCode(rows.getInt("state")),
                        wake == null
                                ? Optional.empty()
                                : Optional.of(
                                        new Passivity(Optional.ofNullable(lane).map(LaneKey::new), wake.toInstant()))),
                rows.getBytes("image"));
    }

    /** The images of all rows, with their tasks. */
    static List<RunImage> all(Connection connection, ResultSet rows) throws SQLException {
        var images = new ArrayList<RunImage>();
        while (rows.next()) {
            images.add(image(connection, next(rows)));
        }
        return images;
    }

    static RunImage image(Connection connection, ImageCodec.Stored stored) throws SQLException {
        addTasks(connection, stored);
        return stored.image();
    }

    static void addTasks(Connection connection, ImageCodec.Stored stored) throws SQLException {
        if (!stored.hasTaskRows()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
                /* snapshots.tasks */
                SELECT image FROM core.run_task WHERE tenant_id = ? AND run_id = ? ORDER BY node, element""")) {
            statement.setObject(1, stored.row().tenant().value());
            statement.setObject(2, stored.row().run().value());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    stored.addTask(rows.getBytes(1));
                }
            }
        }
    }

    /** The runs of a shard that are set aside; empty for one that has ended. They count, whatever stands in core.run. */
    static TreeMap<RunId, Optional<RunImage>> setAside(Connection connection, int shard) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* snapshots.aside */ SELECT " + COLUMNS + " FROM core.run_set_aside WHERE shard = ?")) {
            statement.setInt(1, shard);
            var found = new TreeMap<RunId, Optional<RunImage>>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var stored = next(rows);
                    found.put(
                            stored.row().run(),
                            stored.row().state().isFinal() ? Optional.empty() : Optional.of(stored.image()));
                }
            }
            return found;
        }
    }
}
