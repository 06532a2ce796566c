-- Two roles touch this database. The owner (whoever runs the migrations) is the engine's writer: it is not bound by row-level
-- security, because COPY is refused under it, and it always passes the tenant. Everything that answers a request works as
-- millrace_request, which is bound: a forgotten WHERE then yields nothing instead of somebody else's rows.
-- Roles belong to the cluster, not to the database, so this one may exist already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'millrace_request') THEN
    CREATE ROLE millrace_request NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL; -- another database of the cluster was first
END
$$;

-- So that a connection of the owner can turn itself into the bound role.
GRANT millrace_request TO CURRENT_USER;

CREATE SCHEMA core;
CREATE SCHEMA analytics;
GRANT USAGE ON SCHEMA core, analytics TO millrace_request;

-- Makes a table one that a tenant sees only its own rows of. Every table with a tenant_id is bound with this and nothing else;
-- a test reads the catalog and fails for one that is not.
--
-- Without a tenant the setting is missing, or '' on a connection that had one before: both make the cast fail, so a request that
-- forgot to say who it is gets an error, not an empty answer. An equality of uuids is leakproof and so stays an index condition.
CREATE PROCEDURE core.bind_to_tenant(bound regclass, rights text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', bound);
  EXECUTE format(
      'CREATE POLICY tenant ON %s TO millrace_request'
      || ' USING (tenant_id = current_setting(''millrace.tenant'')::uuid)'
      || ' WITH CHECK (tenant_id = current_setting(''millrace.tenant'')::uuid)',
      bound);
  IF rights <> '' THEN
    EXECUTE format('GRANT %s ON %s TO millrace_request', rights, bound);
  END IF;
END
$$;
REVOKE ALL ON PROCEDURE core.bind_to_tenant(regclass, text) FROM PUBLIC;
