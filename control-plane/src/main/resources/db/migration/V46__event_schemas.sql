-- What the data of events of a name looks like; an event of a name that is not here may look as it likes.

CREATE TABLE core.event_schema (
  tenant_id  uuid NOT NULL REFERENCES core.tenant,
  event      text NOT NULL,
  -- JSON in UTF-8.
  schema     bytea NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, event)
);
CALL core.bind_to_tenant('core.event_schema', 'SELECT, INSERT, UPDATE, DELETE');
