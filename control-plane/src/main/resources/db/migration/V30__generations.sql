-- What became of a run before it was replayed: its image as it ended, with all results, kept when the first pass over the next
-- generation takes its place. A generation that ended and was replayed between two passes was never an image; its history is
-- in core.run_history, as that of all generations.
--
-- Rows of analytics.task whose generation is lower than their run's are of steps that have not begun again: lists show the run's.

CREATE TABLE core.run_generation (
  tenant_id  uuid NOT NULL,
  run_id     uuid NOT NULL,
  generation integer NOT NULL,
  state      smallint NOT NULL,
  workflow   text NOT NULL,
  version    text NOT NULL,
  image      bytea NOT NULL,
  -- Of a run that has too many tasks for its image, in the order of their nodes and elements; else null.
  tasks      bytea[],
  PRIMARY KEY (tenant_id, run_id, generation)
) PARTITION BY RANGE (run_id);
CALL core.bind_to_tenant('core.run_generation', '');
CALL core.add_default_partition('core.run_generation');
CREATE TRIGGER generation_stays BEFORE UPDATE OR DELETE ON core.run_generation FOR EACH ROW
  EXECUTE FUNCTION core.refuse_change();

CREATE OR REPLACE PROCEDURE core.add_days(first date, days integer)
LANGUAGE plpgsql AS $$
DECLARE
  parent regclass;
BEGIN
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_task', 'core.run_history', 'core.run_generation', 'analytics.run',
    'analytics.task']::regclass[] LOOP
    FOR k IN 0..days - 1 LOOP
      CALL core.add_day(parent, first + k);
    END LOOP;
  END LOOP;
END
$$;

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
      LOCK TABLE core.run, core.run_generation, core.run_history, core.run_task, analytics.run, analytics.task
        IN ACCESS EXCLUSIVE MODE;
    END IF;
  END LOOP;
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_generation', 'core.run_history', 'core.run_task', 'analytics.run',
    'analytics.task'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s%s', parent, suffix);
  END LOOP;
  DELETE FROM core.run_set_aside WHERE run_id >= first_id AND run_id < next_id;
  RETURN true;
END
$$;
