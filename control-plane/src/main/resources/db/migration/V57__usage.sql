-- What runs used, added up by hour, workflow and name. Written by the projector in the transaction of its pass, so everything counts
-- once: what a run used since its last image is added, whatever is replayed meanwhile. Rows stay when the runs are gone; they are few,
-- so days of their own would be more tables than rows.
CREATE TABLE analytics.usage (
  tenant_id uuid NOT NULL,
  -- The hour in which it was last used.
  hour      timestamptz NOT NULL,
  workflow  text NOT NULL,
  -- Empty where an hour has so many names that the others are counted together.
  name      text NOT NULL,
  -- Stays at the largest where more would come.
  amount    bigint NOT NULL,
  PRIMARY KEY (tenant_id, hour, workflow, name)
) WITH (fillfactor = 70);
-- Found by age only to be removed, and rows come in the order of their age.
CREATE INDEX usage_age ON analytics.usage USING brin (hour) WITH (pages_per_range = 32, autosummarize = on);
CALL core.bind_to_tenant('analytics.usage', 'SELECT');
