-- Lists show the newest run first, and an index is read backwards as fast as forwards. Written it is not: a run's id is nearly always
-- the highest, and only behind all others of its kind does it find its page full to the end and the next one empty. In front of them
-- each page is left half empty, so the index is twice as large, and each entry is searched for from the root.
DROP INDEX analytics.run_by_workflow;
CREATE INDEX run_by_workflow ON analytics.run (tenant_id, workflow, run_id);

-- As before: without the runs that have succeeded, and a query must say the states as literals.
DROP INDEX analytics.run_by_state;
CREATE INDEX run_by_state ON analytics.run (tenant_id, state, run_id) WHERE state <> 3;
