/** Limits that all processes of a host share: buckets of tokens by key. What is lost with them is a limit only. */
export const LIMITS = `
  CREATE TABLE limits (
    key TEXT PRIMARY KEY,
    tokens REAL NOT NULL,
    at INTEGER NOT NULL,
    -- What was taken last: an answer of the statement that takes.
    granted INTEGER NOT NULL,
    -- When it says no more than a missing one.
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX limits_by_age ON limits (expires_at);
`;
