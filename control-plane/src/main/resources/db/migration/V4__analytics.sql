-- What lists and charts are made of. Written by the projector alone, in the same transaction as the images; read by requests.

CREATE TABLE analytics.run (
  tenant_id       uuid NOT NULL,
  run_id          uuid NOT NULL,
  -- When its first attempt was entered. When it was created follows from the id.
  started_at      timestamptz,
  ended_at        timestamptz,
  state           smallint NOT NULL,
  priority        smallint NOT NULL,
  compensated     boolean NOT NULL,
  workflow        text NOT NULL,
  version         text NOT NULL,
  failed_step     text,
  failure_type    text,
  failure_message text,
  metadata_keys   text[],
  metadata_values text[],
  PRIMARY KEY (tenant_id, run_id)
) PARTITION BY RANGE (run_id);
CREATE INDEX run_by_workflow ON analytics.run (tenant_id, workflow, run_id DESC);
-- What people look for by state is what has not succeeded. The runs that have (state 3) are found fast without an index, because
-- they are most; so a run that is inserted finished never enters this one. A query must say the states as literals to use it.
CREATE INDEX run_by_state ON analytics.run (tenant_id, state, run_id DESC) WHERE state <> 3;
CALL core.bind_to_tenant('analytics.run', 'SELECT');

CREATE TABLE analytics.task (
  tenant_id       uuid NOT NULL,
  run_id          uuid NOT NULL,
  queued_at       timestamptz,
  started_at      timestamptz,
  ended_at        timestamptz,
  worker_id       uuid,
  node            integer NOT NULL,
  element         integer NOT NULL,
  attempt         integer NOT NULL,
  state           smallint NOT NULL,
  -- Name of the step, compensation or handler.
  step            text NOT NULL,
  failure_type    text,
  failure_message text,
  PRIMARY KEY (tenant_id, run_id, node, element)
) PARTITION BY RANGE (run_id);
CALL core.bind_to_tenant('analytics.task', 'SELECT');

CALL core.add_default_partition('analytics.run');
CALL core.add_default_partition('analytics.task');

-- Partitions for some days. Called by the projector, well ahead.
CREATE PROCEDURE core.add_days(first date, days integer)
LANGUAGE plpgsql AS $$
DECLARE
  parent regclass;
BEGIN
  FOREACH parent IN ARRAY ARRAY['core.run', 'core.run_task', 'core.run_history', 'analytics.run', 'analytics.task']::regclass[] LOOP
    FOR k IN 0..days - 1 LOOP
      CALL core.add_day(parent, first + k);
    END LOOP;
  END LOOP;
END
$$;
REVOKE ALL ON PROCEDURE core.add_days(date, integer) FROM PUBLIC;
