-- Roles of a token: names of permissions that belong together, of which the server knows what they allow. So a token of a role may do
-- what the role may do now, whatever there was when it was made.
ALTER TABLE core.token ADD COLUMN roles text[] NOT NULL DEFAULT '{}';

-- Who could do everything that there was at first was an administrator. All others keep what they carry and get nothing more.
UPDATE core.token SET roles = '{admin}'
WHERE permissions @> '{workflows:read,workflows:register,runs:read,runs:start,runs:cancel,worker:connect,services:read,services:write,tokens:write}';

DROP FUNCTION core.credential(text);
CREATE FUNCTION core.credential(wanted text)
RETURNS TABLE (
  tenant_id uuid, tenant_name text, service_id uuid, service_name text,
  secret_hash bytea, permissions text[], roles text[], expires_at timestamptz, revoked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.tenant_id, n.name, t.service_id, s.name, t.secret_hash, t.permissions, t.roles, t.expires_at, t.revoked_at IS NOT NULL
  FROM core.token t
  JOIN core.tenant n ON n.tenant_id = t.tenant_id
  JOIN core.service s ON s.tenant_id = t.tenant_id AND s.service_id = t.service_id
  WHERE t.token_id = wanted
$$;
REVOKE ALL ON FUNCTION core.credential(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.credential(text) TO millrace_request;
