import type { Platform } from "../../platform/platform.ts";
import type { StoreReader } from "./reading.ts";

/**
 * Opens an SQLite file to look at it; it may be of any version, and on a disk that can only be read.
 *
 * @throws {TrackerError} `database_unusable`, `database_damaged`.
 */
export async function readSqlite(platform: Platform, path: string): Promise<StoreReader> {
  const database = await platform.openDatabase(path, { readOnly: true, leavesLog: true });
  return {
    dialect: "sqlite",
    all(sql, ...values) {
      try {
        return Promise.resolve(database.prepare(sql).all(...values));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    close() {
      database.close();
      return Promise.resolve();
    },
  };
}
