-- When the tables of a day are vacuumed. Room that a vacuum gives back is used until midnight only: then rows go to the next day's
-- tables. And each vacuum goes through all indexes of the day, so at a twentieth of dead rows a day that queues much is vacuumed
-- every minute. At a half there are at most a third of all rows dead, and few vacuums. A table that only grows is looked
-- through when it has doubled: for the freezing of its rows, and for counts that read indexes alone.
CREATE OR REPLACE PROCEDURE core.add_day(parent regclass, day date)
LANGUAGE plpgsql AS $$
DECLARE
  partition text := parent || '_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format(
      'CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)'
      || ' WITH (autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1)',
      partition, parent,
      core.first_run_id(day::timestamp AT TIME ZONE 'UTC'), core.first_run_id((day + 1)::timestamp AT TIME ZONE 'UTC'));
  -- Nobody but the owner may read a partition by its own name.
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', partition);
EXCEPTION
  WHEN check_violation THEN
    RAISE WARNING 'No partition % was made: the default partition has rows of that day.', partition;
END
$$;

CREATE OR REPLACE PROCEDURE core.add_light_day(parent regclass, day date)
LANGUAGE plpgsql AS $$
DECLARE
  partition text := parent || '_light_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format(
      'CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)'
      || ' WITH (autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1)',
      partition, parent,
      core.first_light_run_id(day::timestamp AT TIME ZONE 'UTC'),
      core.first_light_run_id((day + 1)::timestamp AT TIME ZONE 'UTC'));
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', partition);
EXCEPTION
  WHEN check_violation THEN
    RAISE WARNING 'No partition % was made: the default partition has light runs of that day.', partition;
END
$$;

-- The days that there are already.
DO $$
DECLARE
  day regclass;
BEGIN
  FOR day IN
    SELECT i.inhrelid::regclass FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    WHERE c.relkind = 'r' AND c.relnamespace IN ('core'::regnamespace, 'analytics'::regnamespace)
      AND c.reloptions::text LIKE '%autovacuum_vacuum_insert_scale_factor=0.4%'
  LOOP
    EXECUTE format(
        'ALTER TABLE %s SET (autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1)', day);
  END LOOP;
END
$$;
