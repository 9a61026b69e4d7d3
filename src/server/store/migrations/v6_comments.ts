/** Comments on issues, in the order of their change numbers. */
export const COMMENTS = `
  CREATE TABLE comments (
    id TEXT PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    change INTEGER NOT NULL,
    user_id TEXT NOT NULL REFERENCES users(id),
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX comments_by_issue ON comments (resource_id, external_id, change);
`;
