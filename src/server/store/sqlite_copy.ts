import { copyDatabase } from "../../platform/database_copy.ts";
import type { Platform } from "../../platform/platform.ts";

/**
 * Copies the SQLite database of a host as it is at one instant into a file that is there and empty.
 *
 * @throws {TrackerError} `database_unusable`, `database_damaged`.
 */
export async function copySqlite(
  platform: Platform,
  from: string,
  to: string,
  onProgress: (share: number) => void,
): Promise<void> {
  const database = await platform.openDatabase(from, { readOnly: true });
  try {
    await copyDatabase(database, to, onProgress);
  } finally {
    database.close();
  }
}
