-- A run that is set aside is replayed like any other: what it was before is kept in core.run_generation, which asks for its number.
-- Those that are there have their number in their image alone; 1 is right for all that were never replayed.
ALTER TABLE core.run_set_aside ADD COLUMN generation integer NOT NULL DEFAULT 1;
