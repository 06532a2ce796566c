-- Schedules: times that start runs.

CREATE TABLE core.schedule (
  tenant_id      uuid NOT NULL,
  schedule_id    uuid NOT NULL,
  workflow       text NOT NULL,
  -- In whose name runs are started.
  service_id     uuid NOT NULL,
  -- 0 from the manifest of the workflow's latest version, 1 made at run time.
  source         smallint NOT NULL,
  name           text NOT NULL,
  -- 0 cron, 1 interval, 2 once; the text is an expression, a duration, an instant.
  kind           smallint NOT NULL,
  timing         text NOT NULL,
  -- IANA time zone of a cron; empty for the others.
  zone           text NOT NULL,
  -- The instant that intervals are counted from.
  anchor         timestamptz NOT NULL,
  -- JSON in UTF-8.
  input          bytea NOT NULL,
  metadata       bytea NOT NULL,
  overlap        smallint NOT NULL,
  catch_up       smallint NOT NULL,
  catch_up_limit integer NOT NULL,
  jitter_millis  bigint NOT NULL,
  paused         boolean NOT NULL,
  -- The first tick that is not decided; none when there will be none.
  next_at        timestamptz,
  -- The ticks from here on wait for the end of the run before.
  queued_from    timestamptz,
  last_at        timestamptz,
  last_run       uuid,
  -- Why the last tick started nothing; empty when it did.
  last_problem   text NOT NULL,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  -- Rises with every change of the definition.
  revision       bigint NOT NULL,
  PRIMARY KEY (tenant_id, schedule_id),
  UNIQUE (tenant_id, workflow, source, name),
  FOREIGN KEY (tenant_id, workflow) REFERENCES core.workflow,
  FOREIGN KEY (tenant_id, service_id) REFERENCES core.service
);
-- How an instance learns of what another one changed.
CREATE INDEX schedule_by_change ON core.schedule (updated_at);
CALL core.bind_to_tenant('core.schedule', 'SELECT, INSERT, UPDATE, DELETE');
