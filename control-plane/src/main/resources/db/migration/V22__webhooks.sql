-- Webhooks: addresses at which other companies' servers deliver what happened there.

CREATE TABLE core.webhook (
  tenant_id       uuid NOT NULL,
  webhook_id      uuid NOT NULL,
  -- In whose name events are published.
  service_id      uuid NOT NULL,
  name            text NOT NULL,
  source          text NOT NULL,
  -- JSON: what a source without a preset needs to check a delivery.
  scheme          bytea NOT NULL,
  -- As they are, because a signature is made with them. No request ever reads them.
  secrets         text[] NOT NULL,
  -- CEL over event (the body), metadata (the headers) and name (of the webhook).
  event_name      text NOT NULL,
  event_data      text NOT NULL,
  event_scope     text NOT NULL,
  rate_per_minute integer NOT NULL,
  enabled         boolean NOT NULL,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, webhook_id),
  UNIQUE (webhook_id),
  UNIQUE (tenant_id, name),
  FOREIGN KEY (tenant_id, service_id) REFERENCES core.service
);
CALL core.bind_to_tenant('core.webhook', 'SELECT, INSERT, UPDATE, DELETE');

-- A delivery names the webhook before the tenant is known: this is the only question that is asked then.
CREATE FUNCTION core.webhook_tenant(wanted uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.tenant_id FROM core.webhook w WHERE w.webhook_id = wanted
$$;
REVOKE ALL ON FUNCTION core.webhook_tenant(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.webhook_tenant(uuid) TO millrace_request;

-- The last deliveries that were refused, for whoever sets a webhook up.
CREATE TABLE core.webhook_failure (
  tenant_id  uuid NOT NULL,
  webhook_id uuid NOT NULL,
  failure_id uuid NOT NULL,
  at         timestamptz NOT NULL,
  code       text NOT NULL,
  message    text NOT NULL,
  PRIMARY KEY (tenant_id, webhook_id, failure_id),
  FOREIGN KEY (tenant_id, webhook_id) REFERENCES core.webhook ON DELETE CASCADE
);
CALL core.bind_to_tenant('core.webhook_failure', 'SELECT, INSERT, DELETE');
