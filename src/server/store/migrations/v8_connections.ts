/**
 * Connections to providers. Credentials are encrypted under the host's key; `host_settings` holds what tells that
 * key from another one.
 */
export const CONNECTIONS = `
  CREATE TABLE host_settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    team_id TEXT NOT NULL REFERENCES teams(id),
    installation_id TEXT NOT NULL REFERENCES installations(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    base_url TEXT NOT NULL,
    site TEXT,
    credential_kind TEXT NOT NULL,
    credential TEXT NOT NULL,
    made_by TEXT,
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ok', 'refused', 'limited', 'unreachable')),
    state_detail TEXT,
    -- Until when it is limited, or since when it is unreachable.
    state_at INTEGER,
    budget_left INTEGER,
    budget_resets_at INTEGER,
    last_change_at INTEGER,
    paused_at INTEGER,
    status_words TEXT NOT NULL DEFAULT '{}',
    UNIQUE (team_id, name)
  ) STRICT;
  -- A resource without a connection has its issues in this host.
  ALTER TABLE resources ADD COLUMN connection_id TEXT REFERENCES connections(id) ON DELETE SET NULL;
  ALTER TABLE resources ADD COLUMN sync_cursor TEXT;
`;
