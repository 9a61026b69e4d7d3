/**
 * Roles, machine tokens, sessions of a browser, and who did what. The first user of each team that has no admin
 * becomes its admin.
 */
export const ACCOUNTS = `
  UPDATE members SET role = 'admin' WHERE user_id = (
    SELECT MIN(m.user_id) FROM members m JOIN users u ON u.id = m.user_id
    WHERE m.team_id = members.team_id AND u.removed_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM members a WHERE a.team_id = members.team_id AND a.role = 'admin');

  ALTER TABLE token_families ADD COLUMN last_used_at INTEGER;
  -- How it was opened: 'password', 'device', 'browser' (an authorization code), 'console'.
  ALTER TABLE token_families ADD COLUMN opened_by TEXT;

  CREATE TABLE machine_tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    team_id TEXT NOT NULL REFERENCES teams(id),
    user_id TEXT NOT NULL REFERENCES users(id),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT;
  CREATE INDEX machine_tokens_by_user ON machine_tokens (user_id);

  CREATE TABLE web_sessions (
    hash TEXT PRIMARY KEY,
    family_id TEXT NOT NULL REFERENCES token_families(id),
    team_id TEXT NOT NULL REFERENCES teams(id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX web_sessions_by_age ON web_sessions (expires_at);
  CREATE INDEX web_sessions_by_family ON web_sessions (family_id);
  CREATE INDEX access_tokens_by_family ON access_tokens (family_id);
  CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);

  CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    team_id TEXT,
    -- The user's id; NULL for the command line on the host's machine.
    user_id TEXT,
    -- The user's name at that time, or 'command line'.
    actor TEXT NOT NULL,
    -- A word such as 'user.add'.
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    -- A JSON object; never a secret.
    details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_time ON audit (at, id);
  CREATE INDEX audit_by_team ON audit (team_id, id);
  CREATE INDEX audit_by_actor ON audit (team_id, actor, id);
  CREATE INDEX audit_by_action ON audit (team_id, action, id);
`;
