/**
 * What the host knows of issues at providers. A round walks over what has changed (`sync_cursor` is where the next one
 * begins), a sweep over all issues.
 */
export const SYNC = `
  -- The page at which a round under way continues, and when that round began.
  ALTER TABLE resources ADD COLUMN round_cursor TEXT;
  ALTER TABLE resources ADD COLUMN round_started_at INTEGER;
  -- When the last whole round began: what had changed at the provider by then is here.
  ALTER TABLE resources ADD COLUMN last_round_at INTEGER;
  -- Rounds in a row that brought nothing.
  ALTER TABLE resources ADD COLUMN quiet_rounds INTEGER NOT NULL DEFAULT 0;
  -- The same for sweeps. The mark is the last change here when it began: NULL while none is under way.
  ALTER TABLE resources ADD COLUMN sweep_cursor TEXT;
  ALTER TABLE resources ADD COLUMN sweep_started_at INTEGER;
  ALTER TABLE resources ADD COLUMN sweep_mark INTEGER;
  -- The id up to which issues that the sweep did not meet were looked at; NULL while it lists.
  ALTER TABLE resources ADD COLUMN sweep_checked TEXT;
  ALTER TABLE resources ADD COLUMN last_sweep_at INTEGER;
  -- Why the provider did not let the host read the resource last; NULL when it did.
  ALTER TABLE resources ADD COLUMN sync_error TEXT;
  -- The last change before its connection was removed; NULL once another one has taken it up.
  ALTER TABLE resources ADD COLUMN detached_change INTEGER;

  -- Issues that the sweep under way has met.
  CREATE TABLE sweep_seen (
    resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    PRIMARY KEY (resource_id, external_id)
  ) STRICT;

  -- What the provider calls a comment that was delivered to it.
  ALTER TABLE comments ADD COLUMN remote_id TEXT;

  -- Encrypted under the host's key, as the credential.
  ALTER TABLE connections ADD COLUMN webhook_secret TEXT;
  -- Whether the provider sends by itself ('registered'), or a person has to have it send ('by_hand').
  ALTER TABLE connections ADD COLUMN webhook_state TEXT
    CHECK (webhook_state IN ('registered', 'by_hand'));
  -- When a webhook came last whose signature fits.
  ALTER TABLE connections ADD COLUMN webhook_at INTEGER;

  -- Each delivery of a provider once; hints are pairs of resource and issue, in JSON.
  CREATE TABLE webhook_deliveries (
    connection_id TEXT NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
    delivery_id TEXT NOT NULL,
    hints TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    handled_at INTEGER,
    PRIMARY KEY (connection_id, delivery_id)
  ) STRICT;
  CREATE INDEX webhooks_open ON webhook_deliveries (connection_id, received_at, delivery_id)
    WHERE handled_at IS NULL;
  CREATE INDEX webhooks_by_age ON webhook_deliveries (received_at);
`;
