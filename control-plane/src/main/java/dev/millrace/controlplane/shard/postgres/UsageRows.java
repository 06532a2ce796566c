package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds what runs have used since their last images to the totals by hour. Written in the transaction that moves the position, so each
 * image counts once. Stateless.
 */
final class UsageRows {
    /** So many different names are counted each by itself in one hour of a tenant; more of them are ids that were taken for names. */
    static final int MOST_NAMES = 1_000;

    /** What all that goes beyond is counted under; no name of a user is empty. */
    static final String OTHERS = "";

    private record Hour(TenantId tenant, Instant at) {}

    private record Place(Hour hour, String workflow, String name) {}

    private record Row(Place place, long amount) {}

    private UsageRows() {}

    /** Adds what the images say. */
    static void write(Connection connection, List<RunImage> images) throws SQLException {
        var totals = totals(images);
        if (totals.isEmpty()) {
            return; // as in nearly every pass of those who count nothing
        }
        var names = names(connection, totals.keySet());
        var bounded = new LinkedHashMap<Place, Long>();
        totals.forEach((place, amount) -> bounded.merge(bounded(place, names), amount, UsageRows::sum));
        var rows = new ArrayList<Row>(bounded.size());
        bounded.forEach((place, amount) -> rows.add(new Row(place, amount)));
        add(connection, rows);
    }

    private static Map<Place, Long> totals(List<RunImage> images) {
        Map<Place, Long> totals = new LinkedHashMap<>();
        for (var image : images) {
            var spending = image.spending();
            if (!spending.fresh().isNone()) {
                var hour = new Hour(image.tenant(), spending.at().truncatedTo(ChronoUnit.HOURS));
                spending.fresh()
                        .amounts()
                        .forEach((name, amount) -> totals.merge(
                                new Place(hour, image.version().workflow(), CopyRows.storable(name)),
                                amount,
                                UsageRows::sum));
            }
        }
        return totals;
    }

    private static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static Place bounded(Place place, Map<Hour, Set<String>> names) {
        var known = names.get(place.hour());
        return known.contains(place.name()) || known.size() < MOST_NAMES && known.add(place.name())
                ? place
                : new Place(place.hour(), place.workflow(), OTHERS);
    }

    /** What is counted by itself in these hours. One instance writes what is of a tenant, so nobody adds to it meanwhile. */
    private static Map<Hour, Set<String>> names(Connection connection, Set<Place> places) throws SQLException {
        Map<Hour, Set<String>> names = new LinkedHashMap<>();
        try (var statement = connection.prepareStatement("""
                /* usage.names */
                SELECT DISTINCT name FROM analytics.usage WHERE tenant_id = ? AND hour = ? AND name <> '' LIMIT ?""")) {
            for (var place : places) {
                if (names.containsKey(place.hour())) {
                    continue;
                }
                statement.setObject(1, place.hour().tenant().value());
                statement.setTimestamp(2, Timestamp.from(place.hour().at()));
                statement.setInt(3, MOST_NAMES);
                Set<String> known = new HashSet<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        known.add(rows.getString(1));
                    }
                }
                names.put(place.hour(), known);
            }
        }
        return names;
    }

    private static void add(Connection connection, List<Row> rows) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* usage.add */
                INSERT INTO analytics.usage AS u (tenant_id, hour, workflow, name, amount)
                SELECT tenant_id, hour, workflow, name, amount
                FROM unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::text[], ?::bigint[])
                  n(tenant_id, hour, workflow, name, amount)
                ON CONFLICT (tenant_id, hour, workflow, name) DO UPDATE
                SET amount = least(u.amount::numeric + excluded.amount, 9223372036854775807)::bigint""")) {
            statement.setObject(
                    1,
                    BinaryArray.ofUuids(rows, row -> row.place().hour().tenant().value()));
            statement.setObject(
                    2, BinaryArray.ofInstants(rows, row -> row.place().hour().at()));
            statement.setArray(
                    3, SqlArrays.texts(connection, rows, row -> row.place().workflow()));
            statement.setArray(
                    4, SqlArrays.texts(connection, rows, row -> row.place().name()));
            statement.setArray(5, SqlArrays.bigints(connection, rows, Row::amount));
            statement.executeUpdate();
        }
    }
}
