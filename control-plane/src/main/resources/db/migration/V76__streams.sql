-- What steps emit while they run. Written by the edge in transactions of its own, read by whoever follows the run.

-- How far the stream of a run is. Its lock gives items their order.
CREATE TABLE core.run_stream (
  tenant_id     uuid NOT NULL,
  run_id        uuid NOT NULL,
  -- Position of the last item or end mark; they count from 1.
  last_position bigint NOT NULL DEFAULT 0,
  -- What its items count, for the limit.
  bytes         bigint NOT NULL DEFAULT 0,
  -- Generations up to this one have ended and somebody was told so: nothing more of them is taken.
  sealed        integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, run_id)
) PARTITION BY RANGE (run_id);
CALL core.bind_to_tenant('core.run_stream', 'SELECT, INSERT');
GRANT UPDATE (last_position, bytes, sealed) ON core.run_stream TO millrace_request;
CALL core.add_default_partition('core.run_stream');

-- Items of one attempt that were stored together. Never changed.
CREATE TABLE core.run_stream_chunk (
  tenant_id      uuid NOT NULL,
  run_id         uuid NOT NULL,
  first_position bigint NOT NULL,
  generation     integer NOT NULL,
  step           text NOT NULL,
  element        integer NOT NULL,
  attempt        integer NOT NULL,
  -- Of the first item within the attempt, from 0.
  first_index    bigint NOT NULL,
  items          integer NOT NULL,
  -- The attempt emits nothing more; this has the position behind the items.
  ends           boolean NOT NULL,
  -- Each item's length in four bytes, then its JSON.
  body           bytea NOT NULL,
  stored_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, run_id, first_position)
) PARTITION BY RANGE (run_id);
-- Finds the newest chunk of a task, and makes sure that none is there twice.
CREATE UNIQUE INDEX run_stream_chunk_by_attempt
  ON core.run_stream_chunk (tenant_id, run_id, generation, step, element, attempt, first_index);
CALL core.bind_to_tenant('core.run_stream_chunk', 'SELECT, INSERT');
CALL core.add_default_partition('core.run_stream_chunk');

CREATE OR REPLACE PROCEDURE core.add_days(first date, days integer)
LANGUAGE plpgsql AS $$
DECLARE
  parent regclass;
BEGIN
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_task', 'core.run_history', 'core.run_generation', 'analytics.run',
    'analytics.task', 'core.run_stream', 'core.run_stream_chunk']::regclass[] LOOP
    FOR k IN 0..days - 1 LOOP
      CALL core.add_day(parent, first + k);
    END LOOP;
  END LOOP;
END
$$;

CREATE OR REPLACE PROCEDURE core.add_light_days(first date, days integer)
LANGUAGE plpgsql AS $$
DECLARE
  parent regclass;
BEGIN
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_task', 'core.run_history', 'core.run_generation', 'analytics.run',
    'analytics.task', 'core.run_stream', 'core.run_stream_chunk']::regclass[] LOOP
    FOR k IN 0..days - 1 LOOP
      CALL core.add_light_day(parent, first + k);
    END LOOP;
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION core.drop_runs(suffix text, first_id uuid, next_id uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  active boolean;
BEGIN
  -- Asked before anybody is made to wait, and again once nobody can add anything.
  FOR k IN 1..2 LOOP
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM core.run%1$s WHERE wake_at IS NOT NULL)'
        || ' OR EXISTS (SELECT FROM core.run%1$s WHERE state < 3 AND wake_at IS NULL)', suffix) INTO active;
    IF active OR EXISTS (
      SELECT FROM core.run_set_aside WHERE run_id >= first_id AND run_id < next_id AND state < 3) THEN
      RETURN false;
    END IF;
    IF k = 1 THEN
      LOCK TABLE core.run, core.run_generation, core.run_history, core.run_task, analytics.run, analytics.task, core.run_stream,
        core.run_stream_chunk IN ACCESS EXCLUSIVE MODE;
    END IF;
  END LOOP;
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_generation', 'core.run_history', 'core.run_task', 'analytics.run',
    'analytics.task', 'core.run_stream', 'core.run_stream_chunk'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s%s', parent, suffix);
  END LOOP;
  DELETE FROM core.run_set_aside WHERE run_id >= first_id AND run_id < next_id;
  -- Of a day that had no tables of its own in time.
  DELETE FROM core.run_stream_default WHERE run_id >= first_id AND run_id < next_id;
  DELETE FROM core.run_stream_chunk_default WHERE run_id >= first_id AND run_id < next_id;
  RETURN true;
END
$$;

-- The days that there are already.
DO $$
DECLARE
  day date;
  parent regclass;
BEGIN
  FOREACH parent IN ARRAY ARRAY['core.run_stream', 'core.run_stream_chunk']::regclass[] LOOP
    FOR day IN
      SELECT to_date(right(c.relname, 8), 'YYYYMMDD') FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'core.run'::regclass AND c.relname ~ '^run_[0-9]{8}$'
    LOOP
      CALL core.add_day(parent, day);
    END LOOP;
    FOR day IN
      SELECT to_date(right(c.relname, 8), 'YYYYMMDD') FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'core.run'::regclass AND c.relname ~ '^run_light_[0-9]{8}$'
    LOOP
      CALL core.add_light_day(parent, day);
    END LOOP;
  END LOOP;
END
$$;
