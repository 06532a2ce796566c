-- How often workflows and versions were registered or changed, whoever did so: an instance that remembers what they are asks once for all
-- of them whether that is still so, and not for each. One row; counted in the transaction of the change, so that whoever sees the number
-- sees the change. Requests may only ask for the number.
CREATE TABLE core.workflow_changes (
  changes bigint NOT NULL
);
INSERT INTO core.workflow_changes VALUES (0);

CREATE FUNCTION core.changes_of_workflows() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT changes FROM core.workflow_changes
$$;

CREATE FUNCTION core.count_workflow_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE core.workflow_changes SET changes = changes + 1;
  RETURN NULL;
END
$$;
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE ON core.workflow
  FOR EACH ROW EXECUTE FUNCTION core.count_workflow_change();
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE ON core.version
  FOR EACH ROW EXECUTE FUNCTION core.count_workflow_change();
