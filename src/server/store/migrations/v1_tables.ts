/** The first released tables. */
export const TABLES = `
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE teams (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE members (
  team_id TEXT NOT NULL REFERENCES teams(id),
  user_id TEXT NOT NULL REFERENCES users(id),
  role TEXT NOT NULL,
  PRIMARY KEY (team_id, user_id)
) STRICT;

CREATE TABLE token_families (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users(id),
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE TABLE access_tokens (
  hash TEXT PRIMARY KEY,
  family_id TEXT NOT NULL REFERENCES token_families(id),
  expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE refresh_tokens (
  hash TEXT PRIMARY KEY,
  family_id TEXT NOT NULL REFERENCES token_families(id),
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX access_tokens_by_age ON access_tokens (expires_at);
CREATE INDEX refresh_tokens_by_age ON refresh_tokens (expires_at);
CREATE TABLE device_codes (
  device_hash TEXT PRIMARY KEY,
  user_code TEXT NOT NULL UNIQUE,
  expires_at INTEGER NOT NULL,
  interval_seconds INTEGER NOT NULL,
  polled_at INTEGER,
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'used')),
  user_id TEXT REFERENCES users(id)
) STRICT;

CREATE TABLE installations (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams(id),
  provider TEXT NOT NULL,
  provider_account_id TEXT NOT NULL,
  UNIQUE (team_id, provider)
) STRICT;
CREATE TABLE user_links (
  id TEXT PRIMARY KEY,
  installation_id TEXT NOT NULL REFERENCES installations(id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users(id),
  UNIQUE (installation_id, user_id)
) STRICT;
CREATE TABLE resources (
  id TEXT PRIMARY KEY,
  installation_id TEXT NOT NULL REFERENCES installations(id) ON DELETE CASCADE,
  resource_type TEXT NOT NULL,
  external_id TEXT NOT NULL,
  workspace TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  label TEXT NOT NULL,
  url TEXT NOT NULL,
  context TEXT NOT NULL,
  workflow TEXT NOT NULL CHECK (workflow IN ('open', 'guided')),
  next_number INTEGER NOT NULL,
  UNIQUE (installation_id, external_id)
) STRICT;
CREATE TABLE mappings (
  binding_ref TEXT PRIMARY KEY,
  installation_id TEXT NOT NULL REFERENCES installations(id) ON DELETE CASCADE,
  resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
  project_uuid TEXT NOT NULL,
  project_slug TEXT NOT NULL,
  repo_slug TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'disabled', 'deleted')),
  bound_at INTEGER NOT NULL,
  last_sync_at INTEGER,
  synced_change INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX mappings_by_resource ON mappings (resource_id) WHERE state <> 'deleted';
CREATE INDEX mappings_by_project ON mappings (installation_id, project_slug);
CREATE TABLE candidate_tokens (
  hash TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams(id),
  resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
  project_uuid TEXT,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;

CREATE INDEX candidate_tokens_by_age ON candidate_tokens (expires_at);

CREATE TABLE issues (
  id INTEGER PRIMARY KEY,
  resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
  external_id TEXT NOT NULL,
  key_folded TEXT NOT NULL,
  status TEXT NOT NULL,
  issue_type TEXT NOT NULL,
  updated_ms INTEGER NOT NULL,
  change INTEGER NOT NULL,
  version INTEGER NOT NULL,
  undelivered INTEGER NOT NULL,
  json TEXT NOT NULL,
  search TEXT NOT NULL,
  UNIQUE (resource_id, external_id)
) STRICT;
CREATE UNIQUE INDEX issues_by_change ON issues (resource_id, change);
CREATE INDEX issues_by_status ON issues (resource_id, status);
CREATE INDEX issues_by_key ON issues (resource_id, key_folded);
CREATE INDEX issues_undelivered ON issues (resource_id) WHERE undelivered = 1;
CREATE TABLE package_mappings (
  resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
  wp_id TEXT NOT NULL,
  external_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (resource_id, wp_id)
) STRICT;

CREATE TABLE operations (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams(id),
  user_id TEXT NOT NULL REFERENCES users(id),
  binding_ref TEXT NOT NULL,
  request TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'completed', 'failed')),
  result TEXT,
  error TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX operations_open ON operations (state) WHERE state IN ('pending', 'running');
CREATE TABLE idempotency (
  team_id TEXT NOT NULL REFERENCES teams(id),
  key TEXT NOT NULL,
  path TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (team_id, key)
) STRICT;

CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE events (
  event_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  lamport_clock INTEGER NOT NULL,
  json TEXT NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE TABLE origin_links (
  id TEXT PRIMARY KEY,
  installation_id TEXT NOT NULL REFERENCES installations(id) ON DELETE CASCADE,
  project_uuid TEXT NOT NULL,
  feature_slug TEXT NOT NULL,
  external_id TEXT NOT NULL,
  json TEXT NOT NULL,
  bound_at INTEGER NOT NULL,
  UNIQUE (installation_id, project_uuid, feature_slug)
) STRICT;
CREATE TABLE snapshot_routes (
  team_id TEXT NOT NULL REFERENCES teams(id),
  provider TEXT NOT NULL,
  workspace TEXT NOT NULL,
  resource_type TEXT,
  resource_id TEXT,
  UNIQUE (team_id, provider, workspace, resource_type, resource_id)
) STRICT;
CREATE TABLE snapshots (
  receipt_id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams(id),
  provider TEXT NOT NULL,
  workspace TEXT NOT NULL,
  resolution TEXT NOT NULL,
  json TEXT NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
`;
