-- The idempotency key of a start may be free again: at a time, or as soon as its run has ended. Then it is claimed once more, in the
-- same row.

ALTER TABLE core.unique_key ADD COLUMN claim integer NOT NULL DEFAULT 1;
ALTER TABLE core.unique_key ADD COLUMN free_at timestamptz;
-- The run whose end frees the key.
ALTER TABLE core.unique_key ADD COLUMN until_ended uuid;

-- Few keys have a time of their own, and these are found by it only to be removed.
CREATE INDEX unique_key_free ON core.unique_key (free_at) WHERE free_at IS NOT NULL;
