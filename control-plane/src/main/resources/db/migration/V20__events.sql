-- Events, and the filters by which they start runs.

-- Rises with every change of what a tenant's events may start: who keeps filters in memory reads them again only when it has.
CREATE TABLE core.trigger_revision (
  tenant_id uuid PRIMARY KEY REFERENCES core.tenant,
  revision  bigint NOT NULL
);
CALL core.bind_to_tenant('core.trigger_revision', 'SELECT, INSERT');
GRANT UPDATE (revision) ON core.trigger_revision TO millrace_request;

CREATE TABLE core.filter (
  tenant_id  uuid NOT NULL,
  filter_id  uuid NOT NULL,
  workflow   text NOT NULL,
  -- In whose name runs are started: the workflow's owner, or who made the filter.
  service_id uuid NOT NULL,
  -- 0 from the manifest of the workflow's latest version, 1 made at run time.
  source     smallint NOT NULL,
  -- Name of events; * stands for whole parts of it.
  pattern    text NOT NULL,
  -- Only events of this scope; empty for all.
  scope      text NOT NULL,
  -- CEL; empty for no condition.
  condition  text NOT NULL,
  enabled    boolean NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, filter_id),
  FOREIGN KEY (tenant_id, workflow) REFERENCES core.workflow,
  FOREIGN KEY (tenant_id, service_id) REFERENCES core.service
);
CREATE INDEX filter_by_workflow ON core.filter (tenant_id, workflow, source);
CALL core.bind_to_tenant('core.filter', 'SELECT, INSERT, UPDATE, DELETE');

-- Published events with what became of them. Written once, and once more when all that it starts has been started.
CREATE TABLE core.event (
  tenant_id  uuid NOT NULL,
  event_id   uuid NOT NULL,
  service_id uuid NOT NULL,
  -- The event whose replay this is.
  replay_of  uuid,
  -- 0 until everything that it starts has been started, then 1.
  state      smallint NOT NULL,
  name       text NOT NULL,
  scope      text NOT NULL,
  -- What its publisher calls it; empty for nothing.
  key        text NOT NULL,
  -- JSON objects and values in UTF-8.
  metadata   bytea NOT NULL,
  data       bytea NOT NULL,
  log        bytea NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
) PARTITION BY RANGE (event_id);
CREATE INDEX event_by_name ON core.event (tenant_id, name, event_id DESC);
CREATE INDEX event_open ON core.event (event_id) WHERE state = 0;
CALL core.bind_to_tenant('core.event', 'SELECT, INSERT');
GRANT UPDATE (state, log) ON core.event TO millrace_request;
CALL core.add_default_partition('core.event');

-- What publishers call their events, so that the same event sent again is the same event. Apart, because a key is unique over
-- all days.
CREATE TABLE core.event_key (
  tenant_id  uuid NOT NULL,
  key        text NOT NULL,
  event_id   uuid NOT NULL,
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX event_key_age ON core.event_key (event_id);
CALL core.bind_to_tenant('core.event_key', 'SELECT, INSERT');

CREATE PROCEDURE core.add_event_days(first date, days integer)
LANGUAGE plpgsql AS $$
BEGIN
  FOR k IN 0..days - 1 LOOP
    CALL core.add_day('core.event'::regclass, first + k);
  END LOOP;
END
$$;
REVOKE ALL ON PROCEDURE core.add_event_days(date, integer) FROM PUBLIC;

-- Removes a day of events, if none of them is still open.
CREATE FUNCTION core.drop_event_day(day date) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  partition text := 'core.event_' || to_char(day, 'YYYYMMDD');
  open boolean;
BEGIN
  LOCK TABLE core.event IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE state = 0)', partition) INTO open;
  IF open THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE IF EXISTS %s', partition);
  RETURN true;
END
$$;
REVOKE ALL ON FUNCTION core.drop_event_day(date) FROM PUBLIC;

-- Partitions for the first days; the server adds the others well ahead.
CALL core.add_event_days((now() AT TIME ZONE 'UTC')::date, 3);
