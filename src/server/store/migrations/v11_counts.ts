/** Issues of each resource by status, counted as they are written, and the changes that a full cycle has before it. */
export const COUNTS = `
  CREATE TABLE issue_counts (
    resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    issues INTEGER NOT NULL,
    PRIMARY KEY (resource_id, status)
  ) STRICT;
  INSERT INTO issue_counts (resource_id, status, issues)
  SELECT resource_id, status, COUNT(*) FROM issues GROUP BY resource_id, status;
  CREATE INDEX issues_delivered ON issues (resource_id, change) WHERE undelivered = 0;
  CREATE INDEX issues_to_deliver ON issues (resource_id, change) WHERE undelivered = 1;
  DROP INDEX issues_undelivered;
`;
