package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.Age;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots.Due;
import dev.millrace.engine.Snapshots.DueQuery;
import dev.millrace.engine.Snapshots.LaneCount;
import dev.millrace.engine.Snapshots.Wake;
import dev.millrace.engine.Snapshots.Window;
import dev.millrace.engine.Snapshots.WindowQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Finds runs that need not be in memory: by lane, and by their time. Runs that are set aside count as they stand there, and their rows in
 * core.run do not; there are hardly ever any. Reads several tables, so it is to be used within one transaction.
 */
final class WaitingRuns {
    private final Connection connection;
    private final int shard;
    private final Map<RunId, Optional<RunImage>> aside;

    WaitingRuns(Connection connection, int shard) throws SQLException {
        this.connection = connection;
        this.shard = shard;
        this.aside = StoredRuns.setAside(connection, shard);
    }

    // ---- lanes ----

    List<LaneCount> lanes() throws SQLException {
        Map<LaneKey, Integer> counts = new HashMap<>();
        try (var statement = connection.prepareStatement("""
                /* snapshots.lanes */
                SELECT lane, count(*) FROM core.run r
                WHERE shard = ? AND lane IS NOT NULL
                  AND NOT EXISTS (SELECT FROM core.run_set_aside a WHERE a.shard = r.shard AND a.run_id = r.run_id)
                GROUP BY lane""")) {
            statement.setInt(1, shard);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    counts.put(new LaneKey(rows.getObject(1, UUID.class)), rows.getInt(2));
                }
            }
        }
        aside().flatMap(image -> lane(image).stream()).forEach(lane -> counts.merge(lane, 1, Integer::sum));
        return counts.entrySet().stream()
                .map(lane -> new LaneCount(lane.getKey(), lane.getValue()))
                .toList();
    }

    List<Window> windows(List<WindowQuery> queries) throws SQLException {
        List<List<RunImage>> found = new ArrayList<>();
        queries.forEach(any -> found.add(new ArrayList<>()));
        try (var statement = connection.prepareStatement("""
                /* snapshots.windows */
                SELECT q.place, r.* FROM unnest(?::uuid[], ?::timestamptz[], ?::uuid[], ?::int[])
                  WITH ORDINALITY q(lane, started, run_id, most, place)
                CROSS JOIN LATERAL (
                  SELECT tenant_id, run_id, workflow, version, state, image, lane, wake_at FROM core.run
                  WHERE shard = ? AND lane = q.lane AND (started, run_id) > (q.started, q.run_id)
                  ORDER BY started, run_id LIMIT q.most) r""")) {
            statement.setObject(
                    1, BinaryArray.ofUuids(queries, query -> query.lane().value()));
            statement.setObject(
                    2, BinaryArray.ofInstants(queries, query -> query.after().started()));
            statement.setObject(
                    3, BinaryArray.ofUuids(queries, query -> query.after().run().value()));
            statement.setArray(4, SqlArrays.ints(connection, queries, WindowQuery::limit));
            statement.setInt(5, shard);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.get(rows.getInt("place") - 1).add(StoredRuns.image(connection, StoredRuns.next(rows)));
                }
            }
        }
        var windows = new ArrayList<Window>();
        for (int i = 0; i < queries.size(); i++) {
            windows.add(window(queries.get(i), found.get(i)));
        }
        return windows;
    }

    private Window window(WindowQuery query, List<RunImage> found) {
        found.sort(Comparator.comparing(Age::of));
        boolean isAll = found.size() < query.limit();
        if (aside.isEmpty()) {
            return new Window(query.lane(), found, isAll);
        }
        var last = isAll ? Optional.<Age>empty() : Optional.of(Age.of(found.get(found.size() - 1)));
        var extra = aside().filter(image -> lane(image).equals(Optional.of(query.lane())))
                .filter(image -> Age.of(image).compareTo(query.after()) > 0)
                .filter(image -> last.isEmpty() || Age.of(image).compareTo(last.get()) < 0);
        var together = Stream.concat(usual(found), extra)
                .sorted(Comparator.comparing(Age::of))
                .toList();
        return new Window(query.lane(), together, isAll);
    }

    // ---- times ----

    Due due(DueQuery query) throws SQLException {
        List<RunImage> found;
        try (var statement = connection.prepareStatement("""
                /* snapshots.due */
                SELECT tenant_id, run_id, workflow, version, state, image, lane, wake_at FROM core.run
                WHERE shard = ? AND (wake_at, run_id) > (?, ?) AND wake_at <= ?
                ORDER BY wake_at, run_id LIMIT ?""")) {
            after(statement, query.after());
            statement.setObject(4, Instants.utc(query.until()));
            statement.setInt(5, query.limit());
            try (var rows = statement.executeQuery()) {
                found = StoredRuns.all(connection, rows);
            }
        }
        var last = found.size() < query.limit()
                ? new Wake(query.until(), new RunId(new UUID(-1, -1)))
                : wake(found.get(found.size() - 1));
        var next = next(last);
        if (aside.isEmpty()) {
            return new Due(found, next);
        }
        var extra = aside().filter(image -> image.passivity().isPresent())
                .filter(image -> wake(image).compareTo(query.after()) > 0)
                .toList();
        var together = Stream.concat(
                        usual(found), extra.stream().filter(image -> wake(image).compareTo(last) <= 0))
                .sorted(Comparator.comparing(WaitingRuns::wake))
                .toList();
        var nextExtra = extra.stream()
                .map(WaitingRuns::wake)
                .filter(wake -> wake.compareTo(last) > 0)
                .map(Wake::at);
        return new Due(together, Stream.concat(next.stream(), nextExtra).min(Comparator.naturalOrder()));
    }

    private Optional<Instant> next(Wake last) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* snapshots.next */
                SELECT wake_at FROM core.run WHERE shard = ? AND (wake_at, run_id) > (?, ?)
                ORDER BY wake_at, run_id LIMIT 1""")) {
            after(statement, last);
            try (var rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(rows.getObject(1, OffsetDateTime.class).toInstant())
                        : Optional.empty();
            }
        }
    }

    private void after(PreparedStatement statement, Wake wake) throws SQLException {
        statement.setInt(1, shard);
        statement.setObject(2, Instants.utc(wake.at()));
        statement.setObject(3, wake.run().value());
    }

    // ---- runs that are set aside ----

    private Stream<RunImage> usual(List<RunImage> found) {
        return found.stream().filter(image -> !aside.containsKey(image.run()));
    }

    private Stream<RunImage> aside() {
        return aside.values().stream().flatMap(Optional::stream);
    }

    private static Optional<LaneKey> lane(RunImage image) {
        return image.passivity().flatMap(Passivity::lane);
    }

    private static Wake wake(RunImage image) {
        return new Wake(image.passivity().orElseThrow().wake(), image.run());
    }
}
