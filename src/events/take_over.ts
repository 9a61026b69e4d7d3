import { type Database, inTransaction } from "../platform/database.ts";
import { basename, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { userPaths } from "../user/paths.ts";
import { EventQueue } from "./queue.ts";
import { integerOf, type Row, textOf } from "./queue_row.ts";

/**
 * Takes the events over that an older version of this program queued in a file it shared with spec-kitty, when the
 * queue at `path` does not exist yet. The other program's events stay where they are, and so does the file.
 *
 * The new file appears whole: a kill before that leaves the old one as it was, a kill after it leaves events in both,
 * which the host tells apart by their ids.
 */
export async function takeOverOldQueue(platform: Platform, path: string): Promise<void> {
  const from = oldPlaceOf(platform, path);
  const { files } = platform;
  if (await files.stat(path) !== null || await files.stat(from) === null) return;
  try {
    const old = await readOld(platform, from);
    if (old === null) return;
    const made = `${path}.${platform.system.pid}.new`;
    await files.remove(made);
    const queue = await EventQueue.open(platform, made);
    queue.transact((database) => copy(database, old));
    queue.close();
    // Another process may have been faster, and have queued something since.
    if (await files.stat(path) !== null) return await files.remove(made);
    await files.rename(made, path);
    await removeFrom(platform, from, old.rows);
  } catch (error) {
    // Events that cannot be read must not be taken for none.
    if (error instanceof TrackerError && error.code === "database_damaged") throw error;
    // Without the right to write, or with the file in use: the next command tries again.
  }
}

function oldPlaceOf(platform: Platform, path: string): string {
  const { old, unscopedQueue } = userPaths(platform);
  return path === unscopedQueue ? old.unscopedQueue : join(old.queues, basename(path));
}

interface OldQueue {
  readonly rows: readonly Row[];
  readonly clocks: readonly Row[];
}

/** What is ours in an old queue; `null` when this program has never used it. */
async function readOld(platform: Platform, from: string): Promise<OldQueue | null> {
  const database = await platform.openDatabase(from, { readOnly: true });
  try {
    const used = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'clocks'").get();
    if (used === undefined) return null;
    const rows = database.prepare("SELECT * FROM queue ORDER BY timestamp, id").all();
    const clocks = database.prepare("SELECT node_id, lamport FROM clocks").all();
    return { rows: rows.filter((row) => !isForeign(textOf(row, "data"))), clocks };
  } finally {
    database.close();
  }
}

/** Whether an event has members that only the other program writes. */
function isForeign(data: string): boolean {
  return /"(?:schema_version|build_id)"\s*:/.test(data);
}

function copy(database: Database, { rows, clocks }: OldQueue): void {
  const insert = database.prepare(
    "INSERT OR IGNORE INTO queue (event_id, event_type, data, timestamp, retry_count) VALUES (?, ?, ?, ?, ?)",
  );
  for (const row of rows) {
    insert.run(
      textOf(row, "event_id"),
      textOf(row, "event_type"),
      textOf(row, "data"),
      integerOf(row, "timestamp"),
      integerOf(row, "retry_count"),
    );
  }
  const clock = database.prepare("INSERT OR REPLACE INTO clocks (node_id, lamport) VALUES (?, ?)");
  for (const row of clocks) clock.run(textOf(row, "node_id"), integerOf(row, "lamport"));
}

async function removeFrom(
  platform: Platform,
  from: string,
  rows: readonly Row[],
): Promise<void> {
  const database = await platform.openDatabase(from, {});
  try {
    inTransaction(database, () => {
      const remove = database.prepare("DELETE FROM queue WHERE event_id = ?");
      for (const row of rows) remove.run(textOf(row, "event_id"));
    });
  } finally {
    database.close();
  }
}
