-- What runs wait for that is brought to them from outside, events and answers of people: a row for each run that waits, written by
-- the projector with the run's image. Whoever takes a shard over reads those of the shard; nobody searches here.
CREATE TABLE core.run_wait (
  tenant_id uuid NOT NULL,
  run_id    uuid NOT NULL,
  shard     smallint NOT NULL,
  body      bytea NOT NULL,
  PRIMARY KEY (tenant_id, run_id)
);
CREATE INDEX run_wait_shard ON core.run_wait (shard);
CALL core.bind_to_tenant('core.run_wait', '');
