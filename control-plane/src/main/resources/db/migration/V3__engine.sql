-- What the engine keeps: who owns the shards, the journal, and the images derived from it. Requests read none of it; a single run
-- is read through its owner.

-- Updated by every commit: one page for a few rows, so that each update finds room beside the old version and touches no index.
CREATE TABLE core.shard (
  shard      smallint PRIMARY KEY,
  -- Rises with every change of the owner; a commit that does not carry it stores nothing.
  epoch      bigint NOT NULL DEFAULT 0,
  owner      uuid,
  expires_at timestamptz NOT NULL DEFAULT '-infinity',
  last_seq   bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

-- How far the images are. Never the row that commits update: a pass of the projector would hold them up.
CREATE TABLE core.projection (
  shard smallint PRIMARY KEY,
  epoch bigint NOT NULL DEFAULT 0,
  seq   bigint NOT NULL DEFAULT 0,
  image bytea
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

-- Names the lock that an owner holds for as long as its session lives: whoever can take the lock knows that the owner is gone.
CREATE FUNCTION core.owner_lock(owner uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ('x' || left(replace(owner::text, '-', ''), 16))::bit(64)::bigint # ('x' || right(replace(owner::text, '-', ''), 16))::bit(64)::bigint;

-- Ends a commit of several shards of which one has another owner by now, so that nothing of it is stored.
CREATE FUNCTION core.refuse_commit(wanted smallint[], held smallint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'shards are fenced'
    USING ERRCODE = 'MR001',
          DETAIL = (SELECT min(s) FROM unnest(wanted) s WHERE s <> ALL (coalesce(held, '{}')));
END
$$;

-- The journal. Each instance that writes has a ring of eight tables: it appends to one, goes on to the next, and a table is
-- truncated when every shard with rows in it is projected past them. A body is at most 7,900 bytes, so that a row fits its page
-- without compression and without a second table.
CREATE TABLE core.ring (
  ring  smallint PRIMARY KEY,
  owner uuid
);

CREATE PROCEDURE core.add_ring(added smallint)
LANGUAGE plpgsql AS $$
DECLARE
  journal text;
BEGIN
  FOR k IN 0..7 LOOP
    journal := 'core.journal_' || added * 8 + k;
    EXECUTE format(
        'CREATE TABLE %s (seq bigint NOT NULL, part integer NOT NULL, shard smallint NOT NULL, body bytea NOT NULL,'
        || ' PRIMARY KEY (shard, seq, part)) WITH (autovacuum_enabled = off)', journal);
    EXECUTE format('ALTER TABLE %s ALTER COLUMN body SET STORAGE PLAIN', journal);
  END LOOP;
  INSERT INTO core.ring (ring) VALUES (added);
END
$$;
REVOKE ALL ON PROCEDURE core.add_ring(smallint) FROM PUBLIC;
CALL core.add_ring(0::smallint);

-- What may happen only once. Written in the commit that made it happen; the engine looks before it decides, so a conflict here is
-- a broken promise, not a case.
CREATE TABLE core.unique_key (
  tenant_id  uuid NOT NULL,
  created_at timestamptz NOT NULL,
  scope      text NOT NULL,
  key        text NOT NULL,
  digest     text NOT NULL,
  outcomes   bytea NOT NULL,
  PRIMARY KEY (tenant_id, scope, key)
);
CALL core.bind_to_tenant('core.unique_key', '');

-- One row per run, with its tasks packed, as it stood at the position of its shard's projection. A run that starts and ends
-- between two passes is inserted once, finished. Ids begin with their time, so a partition by id is a partition by day.
CREATE TABLE core.run (
  tenant_id uuid NOT NULL,
  run_id    uuid NOT NULL,
  started   timestamptz NOT NULL,
  ended     timestamptz,
  shard     smallint NOT NULL,
  state     smallint NOT NULL,
  workflow  text NOT NULL,
  version   text NOT NULL,
  image     bytea NOT NULL,
  -- The history up to the first pass; what comes later is appended to core.run_history, so that it is never written twice.
  history   bytea NOT NULL,
  PRIMARY KEY (tenant_id, run_id)
) PARTITION BY RANGE (run_id);
-- What recovery reads: the runs that have not ended.
CREATE INDEX run_active ON core.run (shard, run_id) WHERE state < 3;
CALL core.bind_to_tenant('core.run', '');

-- Tasks of a run that has too many of them for one row.
CREATE TABLE core.run_task (
  tenant_id uuid NOT NULL,
  run_id    uuid NOT NULL,
  node      integer NOT NULL,
  element   integer NOT NULL,
  image     bytea NOT NULL,
  PRIMARY KEY (tenant_id, run_id, node, element)
) PARTITION BY RANGE (run_id);
CALL core.bind_to_tenant('core.run_task', '');

CREATE TABLE core.run_history (
  tenant_id uuid NOT NULL,
  run_id    uuid NOT NULL,
  -- The position at the end of the pass that wrote it.
  seq       bigint NOT NULL,
  body      bytea NOT NULL,
  PRIMARY KEY (tenant_id, run_id, seq)
) PARTITION BY RANGE (run_id);
CALL core.bind_to_tenant('core.run_history', '');

-- The least id that a run created at this instant can have.
CREATE FUNCTION core.first_run_id(created timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (lpad(to_hex(floor(extract(epoch FROM created) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Adds the partitions of one day to a table. A day that has rows in the default partition already stays there.
CREATE PROCEDURE core.add_day(parent regclass, day date)
LANGUAGE plpgsql AS $$
DECLARE
  partition text := parent || '_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format(
      'CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)'
      || ' WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.4)',
      partition, parent,
      core.first_run_id(day::timestamp AT TIME ZONE 'UTC'), core.first_run_id((day + 1)::timestamp AT TIME ZONE 'UTC'));
  -- Nobody but the owner may read a partition by its own name.
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', partition);
EXCEPTION
  WHEN check_violation THEN
    RAISE WARNING 'No partition % was made: the default partition has rows of that day.', partition;
END
$$;
REVOKE ALL ON PROCEDURE core.add_day(regclass, date) FROM PUBLIC;

CREATE PROCEDURE core.add_default_partition(parent regclass)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %s_default PARTITION OF %s DEFAULT', parent, parent);
  EXECUTE format('ALTER TABLE %s_default ENABLE ROW LEVEL SECURITY', parent);
END
$$;
REVOKE ALL ON PROCEDURE core.add_default_partition(regclass) FROM PUBLIC;

CALL core.add_default_partition('core.run');
CALL core.add_default_partition('core.run_task');
CALL core.add_default_partition('core.run_history');
