import { MOVE_CLOCKS } from "./node_clocks.ts";

/** Rejections after which an event is parked. */
export const PARKED_AFTER = 10;

/**
 * True for an event that knows its project. A row whose data is no JSON is kept like one without a
 * project. Written the same in index and queries, so that SQLite uses the index.
 */
export const HAS_PROJECT =
  "CASE WHEN json_valid(data) THEN json_extract(data, '$.project_uuid') END IS NOT NULL";

/** True for an event that an upload may take. */
export const SENDABLE: string = `retry_count < ${PARKED_AFTER} AND ${HAS_PROJECT}`;

/** True for an event that waits for a person. */
export const PARKED: string = `retry_count >= ${PARKED_AFTER}`;

/**
 * The queue's schema, version by version. The table `queue` is the one that existing installations
 * have; what is ours alone stands in tables beside it, so that both programs can use one file.
 */
export const QUEUE_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE IF NOT EXISTS queue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT UNIQUE NOT NULL,
    event_type TEXT NOT NULL,
    data TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    retry_count INTEGER DEFAULT 0
  );
  CREATE INDEX queue_sendable ON queue (timestamp, id) WHERE ${SENDABLE};
  CREATE INDEX queue_parked ON queue (timestamp, id) WHERE ${PARKED};
  CREATE TABLE clocks (
    node_id TEXT PRIMARY KEY,
    lamport INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  INSERT INTO clocks (node_id, lamport)
    SELECT json_extract(data, '$.node_id') AS node, MAX(json_extract(data, '$.lamport_clock'))
    FROM (SELECT data FROM queue WHERE json_valid(data))
    WHERE json_type(data, '$.node_id') = 'text' AND json_type(data, '$.lamport_clock') = 'integer'
    GROUP BY node;
  CREATE TABLE rejections (
    event_id TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    rejected_at INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE notices (
    name TEXT PRIMARY KEY,
    given_at INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  `,
  // 2: events that follow from a project's files, which many commands read, are queued once for all.
  `
  CREATE TABLE told (
    event_id TEXT PRIMARY KEY
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE looks (
    place TEXT PRIMARY KEY,
    mark TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  `,
  // 3: the clocks of the nodes stand where every event changes a page anyway (node_clocks.ts).
  MOVE_CLOCKS,
];
