-- What becomes of a tick while the workflow is paused: 0 its run is started and waits, 1 it is left out.
ALTER TABLE core.schedule ADD COLUMN while_paused smallint NOT NULL DEFAULT 0;
