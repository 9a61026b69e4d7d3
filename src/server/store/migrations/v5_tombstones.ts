/** What is left of an issue that was removed, so that readers who know it learn that it is gone. */
export const TOMBSTONES = `
  CREATE TABLE tombstones (
    resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    ref TEXT NOT NULL,
    version INTEGER NOT NULL,
    change INTEGER NOT NULL,
    removed_at INTEGER NOT NULL,
    PRIMARY KEY (resource_id, external_id)
  ) STRICT;
  CREATE UNIQUE INDEX tombstones_by_change ON tombstones (resource_id, change);
`;
