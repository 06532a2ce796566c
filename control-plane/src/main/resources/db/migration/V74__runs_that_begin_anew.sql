-- A run whose durable code lets it begin anew keeps its id and drops its history, so that it may go on for ever. Whoever drops it says
-- so in its transaction; else what is stored of a history stays.

DROP TRIGGER history_stays ON core.run_history;
CREATE TRIGGER history_stays BEFORE UPDATE ON core.run_history FOR EACH ROW
  EXECUTE FUNCTION core.refuse_change();
CREATE TRIGGER history_is_not_deleted BEFORE DELETE ON core.run_history FOR EACH ROW
  WHEN (current_setting('millrace.begins_anew', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION core.refuse_change();
