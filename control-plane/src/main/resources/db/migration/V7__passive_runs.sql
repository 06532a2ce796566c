-- Runs that only wait need not be in memory. Their rows say how they are found again: in the order of their lane, when tasks of them
-- queue, and by the time at which something happens to them. A run that has not ended and has no such time must be in memory: an
-- attempt of it is live, or somebody is asked about it. Rows written before are of that kind until they are written again.
--
-- Only rows of waiting runs are in these indexes. A run that begins and ends between two passes never is, and an update of a row
-- that is in none of them before and after stays on its page.

ALTER TABLE core.run ADD COLUMN lane uuid;
ALTER TABLE core.run ADD COLUMN wake_at timestamptz;
CREATE INDEX run_lane ON core.run (shard, lane, started, run_id) WHERE lane IS NOT NULL;
CREATE INDEX run_wake ON core.run (shard, wake_at, run_id) WHERE wake_at IS NOT NULL;
CREATE INDEX run_resident ON core.run (shard, run_id) WHERE state < 3 AND wake_at IS NULL;
-- Whoever looks for all that have not ended takes the last two together.
DROP INDEX core.run_active;

ALTER TABLE core.run_set_aside ADD COLUMN lane uuid;
ALTER TABLE core.run_set_aside ADD COLUMN wake_at timestamptz;

CREATE OR REPLACE FUNCTION core.drop_day(day date) RETURNS boolean
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
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM core.run%1$s WHERE wake_at IS NOT NULL)'
        || ' OR EXISTS (SELECT FROM core.run%1$s WHERE state < 3 AND wake_at IS NULL)', suffix) INTO active;
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
