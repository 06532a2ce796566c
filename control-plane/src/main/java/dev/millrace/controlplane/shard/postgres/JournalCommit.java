package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal.Entry;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.UniqueKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The batches of one commit as the one statement that stores them: it checks the epoch and the position of every shard, renews the
 * leases, and stores the bodies and the unique keys, all or nothing.
 */
record JournalCommit(List<Entry> entries, List<byte[]> bodies, List<KeyEntry> claims) {
    /** What fits on a page of 8 kB together with the row's own columns. */
    static final int PART_BYTES = 7_900;

    static JournalCommit of(List<Entry> entries) {
        var shards = new HashSet<Integer>();
        List<byte[]> bodies = new ArrayList<>();
        List<KeyEntry> claims = new ArrayList<>();
        for (var entry : entries) {
            if (!shards.add(entry.shard())) {
                throw new JournalException(
                        "Nothing was stored: shard " + entry.shard()
                                + " has two batches in one append, but may have one.",
                        null);
            }
            bodies.add(FactCodec.encode(entry.epoch(), entry.facts()));
            for (var fact : entry.facts()) {
                if (fact instanceof Fact.KeyClaimed claim) {
                    claims.add(claim.entry());
                }
            }
        }
        return new JournalCommit(entries, bodies, latest(claims));
    }

    /** A key may be claimed and be free again within one commit. */
    private static List<KeyEntry> latest(List<KeyEntry> claims) {
        if (claims.stream().allMatch(claim -> claim.claim() == 1)) {
            return claims;
        }
        Map<UniqueKey, KeyEntry> latest = new LinkedHashMap<>();
        for (var claim : claims) {
            latest.merge(claim.key(), claim, (before, now) -> now.claim() > before.claim() ? now : before);
        }
        return List.copyOf(latest.values());
    }

    int keys() {
        return claims.size();
    }

    long bytes() {
        return bodies.stream().mapToLong(body -> body.length).sum();
    }

    Entry entry(int shard) {
        return entries.stream()
                .filter(entry -> entry.shard() == shard)
                .findFirst()
                .orElseThrow();
    }

    String sql(String table) {
        return """
                /* journal.append */
                WITH fence AS (
                  UPDATE core.shard s SET last_seq = e.seq, expires_at = clock_timestamp() + ? * interval '1 ms'
                  FROM unnest(?::smallint[], ?::bigint[], ?::bigint[]) e(shard, epoch, seq)
                  WHERE s.shard = e.shard AND s.epoch = e.epoch AND s.last_seq = e.seq - 1
                  RETURNING s.shard, s.last_seq),
                stored AS (
                  INSERT INTO %s (shard, seq, part, body)
                  SELECT f.shard, f.last_seq, b.part, b.body
                  FROM fence f JOIN unnest(?::smallint[], ?::int[], ?::bytea[]) b(shard, part, body) ON b.shard = f.shard)%s
                SELECT CASE WHEN (SELECT count(*) FROM fence) = ? THEN %s
                  ELSE core.refuse_commit(?, (SELECT array_agg(shard) FROM fence)) END""".formatted(
                        table,
                        claims.isEmpty() ? "" : isPlain() ? CLAIM : CLAIM_AGAIN,
                        claims.isEmpty() ? "0" : "(SELECT count(*) FROM claimed)");
    }

    /** Whether all keys are claimed for the first time and stay claimed, as nearly all are: that is the shorter statement. */
    private boolean isPlain() {
        return claims.stream()
                .allMatch(claim -> claim.claim() == 1
                        && !claim.untilEnded()
                        && claim.until().equals(Instant.MAX));
    }

    private static final String CLAIM = """
            ,
            claimed AS (
              INSERT INTO core.unique_key (tenant_id, scope, key, digest, outcomes, created_at)
              SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::timestamptz[])
              ON CONFLICT DO NOTHING RETURNING 1)""";

    private static final String CLAIM_AGAIN = """
            ,
            claimed AS (
              INSERT INTO core.unique_key AS k
                (tenant_id, scope, key, digest, outcomes, created_at, claim, free_at, until_ended)
              SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::timestamptz[], ?::int[],
                ?::timestamptz[], ?::uuid[])
              ON CONFLICT (tenant_id, scope, key) DO UPDATE SET digest = excluded.digest, outcomes = excluded.outcomes,
                created_at = excluded.created_at, claim = excluded.claim, free_at = excluded.free_at,
                until_ended = excluded.until_ended
              WHERE k.claim < excluded.claim RETURNING 1)""";

    private record Part(int shard, int number, BinaryArray.Slice body) {}

    void bind(PreparedStatement statement, Duration lease, Connection connection) throws SQLException {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            var body = bodies.get(i);
            int from = 0;
            for (int number = 0; number == 0 || from < body.length; number++) {
                int to = Math.min(from + PART_BYTES, body.length);
                parts.add(new Part(entries.get(i).shard(), number, new BinaryArray.Slice(body, from, to)));
                from = to;
            }
        }
        int at = 1;
        statement.setLong(at++, lease.toMillis());
        statement.setArray(at++, SqlArrays.smallints(connection, entries, Entry::shard));
        statement.setArray(at++, SqlArrays.bigints(connection, entries, Entry::epoch));
        statement.setArray(at++, SqlArrays.bigints(connection, entries, Entry::seq));
        statement.setArray(at++, SqlArrays.smallints(connection, parts, Part::shard));
        statement.setArray(at++, SqlArrays.ints(connection, parts, Part::number));
        statement.setObject(at++, BinaryArray.ofSlices(parts, Part::body));
        if (!claims.isEmpty()) {
            at = bindClaims(statement, at, connection);
        }
        statement.setInt(at++, entries.size());
        statement.setArray(at, SqlArrays.smallints(connection, entries, Entry::shard));
    }

    private int bindClaims(PreparedStatement statement, int first, Connection connection) throws SQLException {
        int at = first;
        statement.setObject(
                at++, BinaryArray.ofUuids(claims, claim -> claim.key().tenant().value()));
        statement.setArray(
                at++, SqlArrays.texts(connection, claims, claim -> claim.key().scope()));
        statement.setArray(
                at++, SqlArrays.texts(connection, claims, claim -> claim.key().key()));
        statement.setArray(at++, SqlArrays.texts(connection, claims, KeyEntry::digest));
        statement.setObject(at++, BinaryArray.ofMessages(claims, claim -> Messages.message(claim.outcomes())));
        statement.setObject(at++, BinaryArray.ofInstants(claims, KeyEntry::at));
        if (isPlain()) {
            return at;
        }
        statement.setArray(at++, SqlArrays.ints(connection, claims, KeyEntry::claim));
        statement.setObject(at++, BinaryArray.ofInstants(claims, KeyEntry::until));
        statement.setObject(
                at++,
                BinaryArray.ofOptionalUuids(
                        claims,
                        claim -> claim.untilEnded() ? Optional.of(claim.run().value()) : Optional.empty()));
        return at;
    }
}
