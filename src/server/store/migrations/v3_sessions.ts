/** Sessions and users: the grace of a rotated refresh token, sign-in in a browser, users who are removed. */
export const SESSIONS = `
ALTER TABLE refresh_tokens ADD COLUMN successor TEXT;
ALTER TABLE refresh_tokens ADD COLUMN repeated_at INTEGER;
CREATE INDEX token_families_by_user ON token_families (user_id);
ALTER TABLE users ADD COLUMN removed_at INTEGER;
CREATE TABLE authorization_codes (
  hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users(id),
  redirect_uri TEXT NOT NULL,
  challenge TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  family_id TEXT
) STRICT;
`;
