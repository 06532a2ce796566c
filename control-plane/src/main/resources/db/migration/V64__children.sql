-- Runs that durable steps started are found by their parents. Few runs have one, so the index holds only those that do.

ALTER TABLE analytics.run ADD COLUMN parent_run uuid;

CREATE INDEX run_by_parent ON analytics.run (tenant_id, parent_run, run_id DESC) WHERE parent_run IS NOT NULL;
