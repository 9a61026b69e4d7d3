/** Large snapshots are stored in parts, so that none of their statements takes long. */
export const SNAPSHOT_PARTS = `
  -- How many parts continue the text that stands in "json".
  ALTER TABLE snapshots ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
  -- Parts are stored before their snapshot: those without one are of a request that was interrupted.
  CREATE TABLE snapshot_parts (
    receipt_id TEXT NOT NULL,
    -- From 1.
    part INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (receipt_id, part)
  ) STRICT;
`;
