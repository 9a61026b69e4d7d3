/** Signs in as an app of a provider: what is asked for there, and who renews what was given. */
export const SIGN_INS = `
  -- The one process that exchanges the credential for a new one, until then at most.
  ALTER TABLE connections ADD COLUMN renewal_by TEXT;
  ALTER TABLE connections ADD COLUMN renewal_until INTEGER;
  -- A sign-in at a provider's page that somebody has begun in the console.
  CREATE TABLE provider_sign_ins (
    -- The hash of what the provider sends back.
    state_hash TEXT PRIMARY KEY,
    -- The session of the browser that began it.
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    -- The connection that gets the credential; null for a new one.
    connection_id TEXT REFERENCES connections(id) ON DELETE CASCADE,
    -- What was entered, encrypted under the host's key; empty once it was used.
    request TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
  ) STRICT;
`;
