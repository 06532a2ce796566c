-- A run that has ended never changes again, whoever tries: what is shown of it today is what was shown of it yesterday. Requests may
-- not write these tables at all; the engine's writer may, so the rules stand here and not only in code.
--
-- A replay is a new generation of its run: it may begin again from an ended one, but only by saying so with a higher generation, and
-- what is stored of the history stays.

ALTER TABLE core.run ADD COLUMN generation integer NOT NULL DEFAULT 1;
ALTER TABLE analytics.run ADD COLUMN generation integer NOT NULL DEFAULT 1;
ALTER TABLE analytics.task ADD COLUMN generation integer NOT NULL DEFAULT 1;

CREATE FUNCTION core.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: what has ended is not changed (run %).', TG_OP, TG_TABLE_NAME, OLD.run_id
    USING ERRCODE = 'integrity_constraint_violation',
      HINT = 'A replay writes a higher generation. Old days are dropped as whole partitions.';
END
$$;
REVOKE ALL ON FUNCTION core.refuse_change() FROM PUBLIC;

-- A row written again as it was is no change. The conditions are looked at without calling the function, so that a row which is
-- still allowed to change costs no more than before.
CREATE TRIGGER ended_stays BEFORE UPDATE ON core.run FOR EACH ROW
  WHEN (OLD.state >= 3 AND NEW.generation <= OLD.generation AND OLD.* IS DISTINCT FROM NEW.*)
  EXECUTE FUNCTION core.refuse_change();
CREATE TRIGGER ended_is_not_deleted BEFORE DELETE ON core.run FOR EACH ROW
  WHEN (OLD.state >= 3) EXECUTE FUNCTION core.refuse_change();
-- The first piece of the history stays in the run's row, later ones are rows; none is ever written twice.
CREATE TRIGGER history_stays BEFORE UPDATE OF history ON core.run FOR EACH ROW
  WHEN (OLD.history IS DISTINCT FROM NEW.history) EXECUTE FUNCTION core.refuse_change();
CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON core.run_history FOR EACH ROW
  EXECUTE FUNCTION core.refuse_change();

CREATE TRIGGER ended_stays BEFORE UPDATE ON analytics.run FOR EACH ROW
  WHEN (OLD.state >= 3 AND NEW.generation <= OLD.generation AND OLD.* IS DISTINCT FROM NEW.*)
  EXECUTE FUNCTION core.refuse_change();
CREATE TRIGGER ended_is_not_deleted BEFORE DELETE ON analytics.run FOR EACH ROW
  WHEN (OLD.state >= 3) EXECUTE FUNCTION core.refuse_change();
CREATE TRIGGER ended_stays BEFORE UPDATE ON analytics.task FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL AND NEW.generation <= OLD.generation AND OLD.* IS DISTINCT FROM NEW.*)
  EXECUTE FUNCTION core.refuse_change();
CREATE TRIGGER ended_is_not_deleted BEFORE DELETE ON analytics.task FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION core.refuse_change();
