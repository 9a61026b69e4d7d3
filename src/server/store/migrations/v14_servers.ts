/**
 * Places of several servers of one provider, and what was changed in a place while no connection brought it.
 */
export const SERVERS = `
  -- Where its provider answers: servers of one provider may use the same ids. NULL: in this host alone, or not known.
  ALTER TABLE resources ADD COLUMN server TEXT;
  -- The provider's own id of a place, where one at another server has that id as its external_id; else NULL.
  ALTER TABLE resources ADD COLUMN own_id TEXT;
  UPDATE resources SET server = (SELECT base_url FROM connections WHERE connections.id = resources.connection_id)
    WHERE connection_id IS NOT NULL;

  -- Issues that were changed while no connection brought their place, as both sides agreed on them before.
  CREATE TABLE detached_bases (
    resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (resource_id, external_id)
  ) STRICT;

  -- 1 for what was made while no connection brought its place: nobody waits for it, and it is tried again.
  ALTER TABLE outbox ADD COLUMN taken_up INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX outbox_taken_up ON outbox (connection_id, id) WHERE taken_up = 1 AND state = 'failed';
`;
