-- Runs of light workflows are kept for a shorter time, so they have days of their own. Which class a run belongs to stands in its id:
-- bit 46 of the milliseconds with which the id begins is set for light ones. So a range of ids is a day of one class, a run is found
-- by its id alone, and what lists leave out is a bound in the index that they read anyway.

-- The least id that a light run created at this instant can have.
CREATE FUNCTION core.first_light_run_id(created timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (lpad(to_hex(floor(extract(epoch FROM created) * 1000)::bigint | 70368744177664), 12, '0') || repeat('0', 20))::uuid;

CREATE PROCEDURE core.add_light_day(parent regclass, day date)
LANGUAGE plpgsql AS $$
DECLARE
  partition text := parent || '_light_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format(
      'CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)'
      || ' WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.4)',
      partition, parent,
      core.first_light_run_id(day::timestamp AT TIME ZONE 'UTC'),
      core.first_light_run_id((day + 1)::timestamp AT TIME ZONE 'UTC'));
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', partition);
EXCEPTION
  WHEN check_violation THEN
    RAISE WARNING 'No partition % was made: the default partition has light runs of that day.', partition;
END
$$;
REVOKE ALL ON PROCEDURE core.add_light_day(regclass, date) FROM PUBLIC;

-- Partitions for some days. Called by the projector, well ahead.
CREATE PROCEDURE core.add_light_days(first date, days integer)
LANGUAGE plpgsql AS $$
DECLARE
  parent regclass;
BEGIN
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_task', 'core.run_history', 'core.run_generation', 'analytics.run', 'analytics.task']::regclass[] LOOP
    FOR k IN 0..days - 1 LOOP
      CALL core.add_light_day(parent, first + k);
    END LOOP;
  END LOOP;
END
$$;
REVOKE ALL ON PROCEDURE core.add_light_days(date, integer) FROM PUBLIC;

-- Removes what is named after a day, whose runs have these ids, if all of them have ended; for core.drop_day and core.drop_light_day.
CREATE FUNCTION core.drop_runs(suffix text, first_id uuid, next_id uuid) RETURNS boolean
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
      LOCK TABLE core.run, core.run_generation, core.run_history, core.run_task, analytics.run, analytics.task IN ACCESS EXCLUSIVE MODE;
    END IF;
  END LOOP;
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_generation', 'core.run_history', 'core.run_task', 'analytics.run', 'analytics.task'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s%s', parent, suffix);
  END LOOP;
  DELETE FROM core.run_set_aside WHERE run_id >= first_id AND run_id < next_id;
  RETURN true;
END
$$;
REVOKE ALL ON FUNCTION core.drop_runs(text, uuid, uuid) FROM PUBLIC;

CREATE OR REPLACE FUNCTION core.drop_day(day date) RETURNS boolean
LANGUAGE sql
RETURN core.drop_runs(
    '_' || to_char(day, 'YYYYMMDD'),
    core.first_run_id(day::timestamp AT TIME ZONE 'UTC'), core.first_run_id((day + 1)::timestamp AT TIME ZONE 'UTC'));

CREATE FUNCTION core.drop_light_day(day date) RETURNS boolean
LANGUAGE sql
RETURN core.drop_runs(
    '_light_' || to_char(day, 'YYYYMMDD'),
    core.first_light_run_id(day::timestamp AT TIME ZONE 'UTC'), core.first_light_run_id((day + 1)::timestamp AT TIME ZONE 'UTC'));
REVOKE ALL ON FUNCTION core.drop_light_day(date) FROM PUBLIC;
