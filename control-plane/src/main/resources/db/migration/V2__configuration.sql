-- Who may do what, and what can be run. Configuration changes through requests, so the request role writes it, with an audit row
-- in the same transaction.

CREATE TABLE core.tenant (
  tenant_id  uuid PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  -- The share of the work that this tenant lives in. It never shows in a public id, so that a tenant can be moved or split.
  shard      smallint NOT NULL,
  created_at timestamptz NOT NULL
);
CALL core.bind_to_tenant('core.tenant', 'SELECT');

CREATE TABLE core.service (
  tenant_id  uuid NOT NULL REFERENCES core.tenant,
  service_id uuid NOT NULL,
  name       text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, service_id),
  UNIQUE (tenant_id, name)
);
CALL core.bind_to_tenant('core.service', 'SELECT, INSERT');

CREATE TABLE core.token (
  tenant_id   uuid NOT NULL,
  token_id    text NOT NULL,
  service_id  uuid NOT NULL,
  name        text NOT NULL,
  -- SHA-256 of the secret. The secret has 190 random bits, so a slow hash would protect nothing more.
  secret_hash bytea NOT NULL,
  permissions text[] NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  revoked_at  timestamptz,
  PRIMARY KEY (tenant_id, token_id),
  UNIQUE (token_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES core.service
);
CALL core.bind_to_tenant('core.token', 'SELECT, INSERT');
GRANT UPDATE (revoked_at) ON core.token TO millrace_request;

-- Authentication is the one question that is asked before the tenant is known. It goes through this function, so that even it
-- runs as the bound role and can read nothing but the row it names.
CREATE FUNCTION core.credential(wanted text)
RETURNS TABLE (
  tenant_id uuid, tenant_name text, service_id uuid, service_name text,
  secret_hash bytea, permissions text[], expires_at timestamptz, revoked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.tenant_id, n.name, t.service_id, s.name, t.secret_hash, t.permissions, t.expires_at, t.revoked_at IS NOT NULL
  FROM core.token t
  JOIN core.tenant n ON n.tenant_id = t.tenant_id
  JOIN core.service s ON s.tenant_id = t.tenant_id AND s.service_id = t.service_id
  WHERE t.token_id = wanted
$$;
REVOKE ALL ON FUNCTION core.credential(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.credential(text) TO millrace_request;

-- Streams outlive the moment in which their token was checked: one question for all of them says which must end.
CREATE FUNCTION core.revoked_among(wanted text[])
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.token_id FROM core.token t WHERE t.token_id = ANY (wanted) AND t.revoked_at IS NOT NULL
$$;
REVOKE ALL ON FUNCTION core.revoked_among(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.revoked_among(text[]) TO millrace_request;

CREATE TABLE core.workflow (
  tenant_id      uuid NOT NULL,
  name           text NOT NULL,
  service_id     uuid NOT NULL,
  visibility     smallint NOT NULL,
  latest_version text NOT NULL,
  created_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, name),
  FOREIGN KEY (tenant_id, service_id) REFERENCES core.service
);
CALL core.bind_to_tenant('core.workflow', 'SELECT, INSERT');
GRANT UPDATE (visibility, latest_version) ON core.workflow TO millrace_request;

-- Immutable: there is no right to update or delete one.
CREATE TABLE core.version (
  tenant_id  uuid NOT NULL,
  workflow   text NOT NULL,
  hash       text NOT NULL,
  shape      text NOT NULL,
  -- The manifest in its canonical JSON form, from which the hash can be computed again.
  manifest   bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, workflow, hash),
  FOREIGN KEY (tenant_id, workflow) REFERENCES core.workflow
);
CREATE INDEX version_by_age ON core.version (tenant_id, workflow, created_at DESC, hash DESC);
CALL core.bind_to_tenant('core.version', 'SELECT, INSERT');

-- Values too large to travel with the facts, once each. Touched when they are stored again, so that the collector of unreferenced
-- ones leaves alone what a start that is under way has just found here.
CREATE TABLE core.payload (
  tenant_id  uuid NOT NULL,
  hash       bytea NOT NULL,
  data       bytea NOT NULL,
  touched_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, hash)
);
CALL core.bind_to_tenant('core.payload', 'SELECT, INSERT');
GRANT UPDATE (touched_at) ON core.payload TO millrace_request;

-- Who changed what. Append-only for everybody but the owner.
CREATE TABLE core.audit (
  tenant_id uuid NOT NULL,
  audit_id  uuid NOT NULL,
  at        timestamptz NOT NULL,
  -- The token that was presented; empty for what the server did by itself.
  token_id  text NOT NULL,
  action    text NOT NULL,
  subject   text NOT NULL,
  detail    text NOT NULL,
  PRIMARY KEY (tenant_id, audit_id)
);
CALL core.bind_to_tenant('core.audit', 'SELECT, INSERT');
