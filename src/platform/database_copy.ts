import type { Database } from "./database.ts";
import { isStorageFault, namingDatabase, unusableDatabase } from "./database_faults.ts";
import { TrackerError } from "./tracker_error.ts";

/** Pages that are copied before the process looks after its other work. */
const PAGES_AT_ONCE = 500;

/**
 * Copies a database as it is at one instant into a file that is there and empty, while others read and write it.
 * `onProgress` is told which share has been copied, from 0 to 1.
 *
 * @throws {TrackerError} `database_unusable` when the disk is full or does not take the file, `database_damaged`.
 */
export async function copyDatabase(
  database: Database,
  path: string,
  onProgress: (share: number) => void = () => {},
): Promise<void> {
  const { backup } = await import("node:sqlite");
  // One transaction reads all pages: a change by another process would start the copy again otherwise.
  database.exec("BEGIN");
  try {
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    await backup(database, path, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) =>
        onProgress(totalPages === 0 ? 1 : 1 - remainingPages / totalPages),
    });
  } catch (error) {
    const named = namingDatabase(path, error);
    throw named instanceof TrackerError || !isStorageFault(error)
      ? named
      : unusableDatabase("write", path, error);
  } finally {
    if (database.isTransaction) database.exec("ROLLBACK");
  }
}

/**
 * Makes a file that nobody has open a database without a log beside it. A log that lies beside it later is then known to
 * be another database's.
 *
 * @throws {TrackerError} `database_unusable` when the disk is full or does not take the file, `database_damaged`.
 */
export async function withoutLog(path: string): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite");
  try {
    const database = new DatabaseSync(path);
    try {
      database.exec("PRAGMA journal_mode = DELETE");
    } finally {
      database.close();
    }
  } catch (error) {
    throw namingDatabase(path, error);
  }
}
