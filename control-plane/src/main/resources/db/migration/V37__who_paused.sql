-- Who paused it, for people: "token t-1 of service orders". Empty for what was paused before this was kept.
ALTER TABLE core.pause ADD COLUMN set_by text NOT NULL DEFAULT '';
