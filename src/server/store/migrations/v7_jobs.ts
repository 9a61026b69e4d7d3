/**
 * Work that continues after its call was answered: jobs that one process leases at a time, and items that wait for
 * their delivery to a provider. An operation that was open before becomes a job.
 */
export const JOBS = `
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- What it works on: one open job of a kind at a time.
    key TEXT NOT NULL,
    -- Whose work it is; NULL for what concerns the whole host.
    team_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed')),
    run_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER,
    -- 1 when it was asked for once more while a process worked on it.
    again INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX jobs_open ON jobs (kind, key) WHERE state = 'open';
  CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'open';
  CREATE INDEX jobs_ended ON jobs (ended_at) WHERE state <> 'open';
  CREATE INDEX jobs_failed ON jobs (ended_at, id) WHERE state = 'failed';
  INSERT INTO jobs (id, kind, key, team_id, state, run_at, attempt, created_at)
  SELECT 'job_' || id, 'operation', id, team_id, 'open', created_at, 0, created_at
  FROM operations WHERE state IN ('pending', 'running');

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources(id) ON DELETE CASCADE,
    -- The connection that delivers it; one writer a connection.
    connection_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    operation_id TEXT,
    place INTEGER NOT NULL,
    item TEXT NOT NULL,
    -- What both sides last agreed on of the fields that it changes, in JSON; NULL for a new issue.
    shadow TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempt INTEGER NOT NULL,
    -- What became of it, in JSON, and why it failed.
    result TEXT,
    error TEXT,
    -- 1 once a full cycle has told of it.
    reported INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX outbox_waiting ON outbox (connection_id, id) WHERE state = 'waiting';
  CREATE INDEX outbox_open ON outbox (operation_id, external_id) WHERE state = 'waiting';
  CREATE INDEX outbox_by_issue ON outbox (resource_id, external_id, id);
  CREATE INDEX outbox_by_operation ON outbox (operation_id, place);
  CREATE INDEX outbox_ended ON outbox (ended_at) WHERE state <> 'waiting';
  CREATE INDEX outbox_failed ON outbox (id) WHERE state = 'failed';
  CREATE INDEX outbox_unreported ON outbox (resource_id, id) WHERE reported = 0;
  CREATE INDEX operations_by_team ON operations (team_id, id);
  CREATE INDEX operations_failed ON operations (team_id, id) WHERE state = 'failed';
  CREATE INDEX events_by_time ON events (team_id, received_at, event_id);
`;
