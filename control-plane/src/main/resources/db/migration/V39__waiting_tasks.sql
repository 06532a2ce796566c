-- What a task waits for that queues nowhere, so that what waits can be counted where it is not in memory. Of rows written before it is
-- not known; they get it with their next change.
--
-- 0 the time of its next attempt; else the kind of the first open checkpoint, as it is stored: 1 a time, 2 an event, 3 a signal, 4 a
-- run, 5 an answer.
ALTER TABLE analytics.task ADD COLUMN waits_for smallint;
-- When that ends by itself; none for never.
ALTER TABLE analytics.task ADD COLUMN waits_until timestamptz;
CREATE INDEX task_waits ON analytics.task (tenant_id, waits_for) WHERE waits_for IS NOT NULL;
