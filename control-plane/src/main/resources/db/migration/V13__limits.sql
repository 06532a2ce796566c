-- What people set at run time. It holds instead of what manifests say; the shard of the tenant is told of all of it.

CREATE TABLE core.limit_setting (
  tenant_id     uuid NOT NULL REFERENCES core.tenant,
  -- 0 a concurrency limit, 1 a rate limit.
  kind          smallint NOT NULL,
  name          text NOT NULL,
  -- How many at once, or how many tokens per period.
  most          bigint NOT NULL CHECK (most >= 1),
  -- Of a rate limit; 0 of a concurrency limit.
  period_micros bigint NOT NULL,
  burst         bigint NOT NULL,
  updated_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, kind, name)
);
CALL core.bind_to_tenant('core.limit_setting', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE core.pause (
  tenant_id uuid NOT NULL REFERENCES core.tenant,
  -- 0 a workflow, by its name; 1 a worker, by its id.
  kind      smallint NOT NULL,
  name      text NOT NULL,
  since     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, kind, name)
);
CALL core.bind_to_tenant('core.pause', 'SELECT, INSERT, DELETE');
