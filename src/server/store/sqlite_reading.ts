import { basename } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { foreignDatabase } from "./postgres_faults.ts";
import type { StoreReader } from "./reading.ts";
import { openingHost } from "./sqlite_faults.ts";
import { foreignTable, readSchema } from "./reading_facts.ts";

/**
 * Opens an SQLite file to look at it; it may be of any version, and on a disk that can only be read.
 *
 * @throws {TrackerError} `database_unusable`, `database_damaged`, `database_log_foreign`.
 */
export async function readSqlite(platform: Platform, path: string): Promise<StoreReader> {
  await refuseOtherLog(platform, path);
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
 * `database_damaged`, `database_log_foreign`.
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

/** Where the header of a file says whether it has a log beside it: https://sqlite.org/fileformat.html */
const VERSIONS_AT = 18;
const WITHOUT_LOG = [1, 1];

/**
 * Fails when the log beside a file is that of another database: a copy was put where a host had ended without closing its
 * own. SQLite would write the changes of the log into the copy.
 */
async function refuseOtherLog({ files }: Platform, path: string): Promise<void> {
  const log = `${path}-wal`;
  // A file says that it has a log before it has one. So the log is looked for first.
  if (((await files.stat(log))?.size ?? 0) === 0) return;
  using file = await files.open(path);
  const versions = new Uint8Array(WITHOUT_LOG.length);
  if (file?.read(VERSIONS_AT, versions) !== versions.length) return;
  if (WITHOUT_LOG.some((version, at) => versions[at] !== version)) return;
  throw new TrackerError({
    code: "database_log_foreign",
    message: `The log "${log}" is not of the database "${path}", which was put beside it`,
    nextAction: `To use "${basename(path)}" as it is, move "${
      basename(log)
    }" away, then try again. Nothing was changed.`,
    details: { path },
  });
}
