-- Who has taken an approval on, and to whom one was handed that nobody answered. What is asked is in the runs; a row is here only while
-- there is something to remember beside it.
CREATE TABLE core.approval (
  tenant_id   uuid NOT NULL,
  -- Names the wait of a run.
  approval_id text NOT NULL,
  -- Another role than the one that the run asked; empty for none.
  role        text NOT NULL,
  -- Empty for nobody.
  claimed_by  text NOT NULL,
  claimed_at  timestamptz,
  PRIMARY KEY (tenant_id, approval_id)
);
CALL core.bind_to_tenant('core.approval', 'SELECT, INSERT, UPDATE, DELETE');
