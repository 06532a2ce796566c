-- What keeps the tables going for years: runs that their tables do not take stand apart, and what is past its time goes.

-- Runs whose rows core.run or analytics.run refused. They are complete here, whatever was wrong with them there, so that the others
-- of their shard need not wait for them; recovery and reads of single runs prefer this row, lists do not show it.
CREATE TABLE core.run_set_aside (
  tenant_id uuid NOT NULL,
  run_id    uuid NOT NULL,
  shard     smallint NOT NULL,
  state     smallint NOT NULL,
  workflow  text NOT NULL,
  version   text NOT NULL,
  -- With all tasks, however many. History is in core.run_history, as for any run.
  image     bytea NOT NULL,
  -- What was wrong, for people.
  cause     text NOT NULL,
  since     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, run_id)
);
CREATE INDEX run_set_aside_by_shard ON core.run_set_aside (shard, run_id);
CALL core.bind_to_tenant('core.run_set_aside', '');

-- Keys are found by age only to be removed, a few times a day. Rows come in the order of their age, so this costs next to nothing.
CREATE INDEX unique_key_age ON core.unique_key USING brin (created_at) WITH (pages_per_range = 32, autosummarize = on);

-- Removes a day of runs with everything that belongs to them, if all of them have ended. Whoever writes or reads these tables waits
-- meanwhile, so it gives up when it does not get them within the caller's lock_timeout. Tables are taken in the order in which the
-- projector takes them.
CREATE FUNCTION core.drop_day(day date) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  suffix text := '_' || to_char(day, 'YYYYMMDD');
  parent text;
  active boolean;
  first_id uuid := core.first_run_id(day::timestamp AT TIME ZONE 'UTC');
  next_id uuid := core.first_run_id((day + 1)::timestamp AT TIME ZONE 'UTC');
BEGIN
  -- Asked before anybody is made to wait, and again once nobody can add anything.
  FOR k IN 1..2 LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM core.run%s WHERE state < 3)', suffix) INTO active;
    IF active OR EXISTS (
      SELECT FROM core.run_set_aside WHERE run_id >= first_id AND run_id < next_id AND state < 3) THEN
      RETURN false;
    END IF;
    IF k = 1 THEN
      LOCK TABLE core.run, core.run_history, core.run_task, analytics.run, analytics.task IN ACCESS EXCLUSIVE MODE;
    END IF;
  END LOOP;
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_history', 'core.run_task', 'analytics.run', 'analytics.task'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s%s', parent, suffix);
  END LOOP;
  DELETE FROM core.run_set_aside WHERE run_id >= first_id AND run_id < next_id;
  RETURN true;
END
$$;
REVOKE ALL ON FUNCTION core.drop_day(date) FROM PUBLIC;
