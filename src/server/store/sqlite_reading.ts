import type { Platform } from "../../platform/platform.ts";
import { foreignDatabase } from "./postgres_faults.ts";
import type { StoreReader } from "./reading.ts";
import { openingHost } from "./sqlite_faults.ts";
import { foreignTable, readSchema } from "./reading_facts.ts";

/**
 * Opens an SQLite file to look at it; it may be of any version, and on a disk that can only be read.
 *
 * @throws {TrackerError} `database_unusable`, `database_damaged`.
 */
export async function readSqlite(platform: Platform, path: string): Promise<StoreReader> {
  const database = await openingHost(() =>
    platform.openDatabase(path, { readOnly: true, leavesLog: true })
  );
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

/**
 * Returns how many migrations the database in a file has had, 0 for an empty one; changes nothing.
 *
 * @throws {TrackerError} `database_foreign` when it holds tables of another program, `database_unusable`,
 * `database_damaged`.
 */
export async function sqliteVersion(platform: Platform, path: string): Promise<number> {
  const reader = await readSqlite(platform, path);
  try {
    const schema = await readSchema(reader);
    const foreign = foreignTable("sqlite", schema);
    if (foreign !== null) throw foreignDatabase(path, foreign);
    return schema.version;
  } finally {
    await reader.close();
  }
}
