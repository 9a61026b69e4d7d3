import type { Database } from "../platform/database.ts";
import type { Platform } from "../platform/platform.ts";
import { integerOf } from "./queue_row.ts";
import { PARKED, SENDABLE } from "./queue_schema.ts";

/** How many events there are. */
export interface QueueCounts {
  /** Events an upload would take. */
  readonly pending: number;
  /** Events that were rejected too often. */
  readonly parked: number;
  /** Events without a project. */
  readonly withoutProject: number;
  readonly total: number;
  /** When the oldest pending event was queued, milliseconds since 1970; `null` without one. */
  readonly oldestAt: number | null;
}

/**
 * Counts the events of a queue without the right to change it; `null` when there is no file.
 *
 * @throws {TrackerError} `database_unusable`.
 */
export async function readQueueCounts(
  platform: Platform,
  path: string,
): Promise<QueueCounts | null> {
  if (await platform.files.stat(path) === null) return null;
  const database = await platform.openDatabase(path, { readOnly: true });
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'queue'").get();
    return table === undefined ? NO_EVENTS : countEvents(database);
  } finally {
    database.close();
  }
}

const NO_EVENTS: QueueCounts = {
  pending: 0,
  parked: 0,
  withoutProject: 0,
  total: 0,
  oldestAt: null,
};

/** Counts the events of an open queue. */
export function countEvents(database: Database): QueueCounts {
  const row = database.prepare(
    `SELECT (SELECT COUNT(*) FROM queue) AS total,
      (SELECT COUNT(*) FROM queue WHERE ${SENDABLE}) AS pending,
      (SELECT COUNT(*) FROM queue WHERE ${PARKED}) AS parked,
      (SELECT timestamp FROM queue WHERE ${SENDABLE} ORDER BY timestamp, id LIMIT 1) AS oldest`,
  ).get();
  const total = integerOf(row, "total");
  const pending = integerOf(row, "pending");
  const parked = integerOf(row, "parked");
  return {
    pending,
    parked,
    withoutProject: total - pending - parked,
    total,
    oldestAt: row?.["oldest"] == null ? null : integerOf(row, "oldest") * 1000,
  };
}
