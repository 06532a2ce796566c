package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.LaneKey;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs whose rows the tables refused. They are kept whole in a table that takes anything, in the transaction of the pass, so
 * that nothing is lost and no other run waits for them: recovery finds them there, and so does who reads them. Lists do not show
 * them. For one thread.
 */
final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);

    /** Why, by run. */
    private final Map<RunId, String> runs = new HashMap<>();

    /** Learns which runs of a shard were set aside before. */
    void open(Connection connection, int shard) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* aside.open */ SELECT run_id, cause FROM core.run_set_aside WHERE shard = ? AND state < 3")) {
            statement.setInt(1, shard);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    runs.put(new RunId(rows.getObject(1, UUID.class)), rows.getString(2));
                }
            }
        }
    }

    boolean contains(RunImage image) {
        return !runs.isEmpty() && runs.containsKey(image.run());
    }

    /** Those of the runs that can be written as usual. */
    List<RunImage> others(List<RunImage> images) {
        if (runs.isEmpty()) {
            return images;
        }
        List<RunImage> others = new ArrayList<>(images);
        others.removeIf(this::contains);
        return others;
    }

    /** From now on this run is set aside. */
    void add(RunImage image, Exception cause) {
        if (runs.put(image.run(), String.valueOf(cause.getMessage())) == null) {
            LOG.error(
                    "Run {} of workflow {} of tenant {} is set aside, because its rows cannot be stored: {} It goes on"
                            + " and can be read by its id, but lists do not show it. Please report this with the cause.",
                    image.run(),
                    image.version().workflow(),
                    image.tenant(),
                    cause.getMessage(),
                    cause);
        }
    }

    /** A run that ended aside is not known any more; when it is replayed, it still has no other rows. */
    void recall(Connection connection, List<RunImage> images) throws SQLException {
        var replayed = images.stream()
                .filter(image -> image.generation() > 1 && !image.isNew() && !contains(image))
                .toList();
        if (replayed.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
            /* aside.recall */
            SELECT a.run_id, a.cause FROM unnest(?::uuid[], ?::uuid[]) u(tenant_id, run_id)
            JOIN core.run_set_aside a ON a.tenant_id = u.tenant_id AND a.run_id = u.run_id\
            """)) {
            statement.setObject(
                    1, BinaryArray.ofUuids(replayed, image -> image.tenant().value()));
            statement.setObject(
                    2, BinaryArray.ofUuids(replayed, image -> image.run().value()));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    runs.put(new RunId(rows.getObject(1, UUID.class)), rows.getString(2));
                }
            }
        }
    }

    /** Writes those of the runs of a pass that are set aside. */
    void write(Connection connection, Projection projection) throws SQLException {
        for (var image : projection.runs()) {
            if (contains(image)) {
                keepGenerations(connection, image);
                write(connection, projection, image);
            }
        }
    }

    /** What a replayed run was before: the generations that came and went since the last pass, and the one that stands where it now goes. */
    private static void keepGenerations(Connection connection, RunImage image) throws SQLException {
        if (image.generation() == 1) {
            return;
        }
        for (var former : image.former()) {
            keep(connection, former);
        }
        try (var statement = connection.prepareStatement("""
            /* aside.generations */
            INSERT INTO core.run_generation (tenant_id, run_id, generation, state, workflow, version, image, tasks)
            SELECT * FROM (
              SELECT tenant_id, run_id, generation, state, workflow, version, image, NULL::bytea[] FROM core.run_set_aside
              UNION ALL
              SELECT tenant_id, run_id, generation, state, workflow, version, image,
                (SELECT array_agg(t.image ORDER BY t.node, t.element) FROM core.run_task t
                  WHERE t.tenant_id = r.tenant_id AND t.run_id = r.run_id)
              FROM core.run r WHERE NOT EXISTS (
                SELECT FROM core.run_set_aside a WHERE a.tenant_id = r.tenant_id AND a.run_id = r.run_id)
            ) g WHERE tenant_id = ? AND run_id = ? AND generation < ? AND state >= 3
            ON CONFLICT DO NOTHING\
            """)) {
            statement.setObject(1, image.tenant().value());
            statement.setObject(2, image.run().value());
            statement.setInt(3, image.generation());
            statement.executeUpdate();
        }
    }

    private static void keep(Connection connection, RunImage former) throws SQLException {
        try (var statement = connection.prepareStatement("""
            /* aside.former */
            INSERT INTO core.run_generation (tenant_id, run_id, generation, state, workflow, version, image)
            VALUES (?, ?, ?, ?, ?, ?, ?)\
            """)) {
            statement.setObject(1, former.tenant().value());
            statement.setObject(2, former.run().value());
            statement.setInt(3, former.generation());
            statement.setInt(4, former.state().code());
            statement.setString(5, CopyRows.storable(former.version().workflow()));
            statement.setString(6, CopyRows.storable(former.version().hash()));
            statement.setBytes(7, ImageCodec.whole(former).toByteArray());
            statement.executeUpdate();
        }
    }

    private void write(Connection connection, Projection projection, RunImage image) throws SQLException {
        try (var statement = connection.prepareStatement("""
            /* aside.write */
            INSERT INTO core.run_set_aside (tenant_id, run_id, shard, state, workflow, version, image, cause, lane, wake_at,
              generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, run_id) DO UPDATE SET shard = excluded.shard, state = excluded.state,
              image = excluded.image, lane = excluded.lane, wake_at = excluded.wake_at,
              generation = excluded.generation\
            """)) {
            statement.setObject(1, image.tenant().value());
            statement.setObject(2, image.run().value());
            statement.setInt(3, projection.shard());
            statement.setInt(4, image.state().code());
            statement.setString(5, CopyRows.storable(image.version().workflow()));
            statement.setString(6, CopyRows.storable(image.version().hash()));
            statement.setBytes(7, ImageCodec.whole(image).toByteArray());
            statement.setString(8, CopyRows.storable(runs.get(image.run())));
            var passivity = image.passivity();
            statement.setObject(
                    9, passivity.flatMap(Passivity::lane).map(LaneKey::value).orElse(null));
            statement.setObject(
                    10, passivity.map(found -> Instants.utc(found.wake())).orElse(null));
            statement.setInt(11, image.generation());
            statement.executeUpdate();
        }
        if (!image.history().isEmpty()) {
            try (var statement = connection.prepareStatement("""
                /* aside.history */
                INSERT INTO core.run_history (tenant_id, run_id, seq, body) VALUES (?, ?, ?, ?)\
                """)) {
                statement.setObject(1, image.tenant().value());
                statement.setObject(2, image.run().value());
                statement.setLong(3, projection.toSeq());
                statement.setBytes(4, ImageCodec.message(image.history()).toByteArray());
                statement.executeUpdate();
            }
        }
    }

    /** The pass is stored: runs that have ended come no more. */
    void stored(List<RunImage> images) {
        if (!runs.isEmpty()) {
            images.stream().filter(image -> image.state().isFinal()).forEach(image -> runs.remove(image.run()));
        }
    }

    int size() {
        return runs.size();
    }

    void forget() {
        runs.clear();
    }
}
