import { notAFile } from "../../platform/bounded_read.ts";
import { withoutLog } from "../../platform/database_copy.ts";
import { basename, dirname, join } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { randomHex } from "../../platform/random.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { audit } from "../context/audit.ts";
import { hostContext, inTransaction } from "../context/host_context.ts";
import {
  databaseIn,
  type HostLocation,
  openStoreAt,
  requireData,
  shownLocation,
  storedVersion,
} from "../context/location.ts";
import type { Actor } from "../model/actor.ts";
import { contentOf, copyRows, rowsIn } from "../store/copy_rows.ts";
import { atOneInstant } from "../store/copy_store.ts";
import { hostTables } from "../store/host_tables.ts";
import { HOST_MIGRATIONS } from "../store/migrations/migrations.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { copySqlite } from "../store/sqlite_copy.ts";

/** Where to put a copy. */
export interface BackupOptions {
  readonly file: string;
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
  /** Told which share is copied, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** A copy that was made. */
export interface Backup {
  readonly bytes: number;
  /** Why the audit log has no entry of the copy; `null` when it has one. */
  readonly unrecorded: string | null;
}

/**
 * Copies the data of a host as it is at one instant into one SQLite file, private to the user, while the host serves.
 * A kill or a full disk leaves no file of that name. The entry in the audit log follows the copy: a host that can only
 * be read is copied all the same.
 *
 * @throws {TrackerError} `host_data_missing`, `backup_of_itself`, `backup_exists`, `not_a_file`, `database_older`,
 * and what keeps either from being opened.
 */
export async function backUp(
  platform: Platform,
  actor: Actor,
  location: HostLocation,
  { file, force, onProgress = () => {} }: BackupOptions,
): Promise<Backup> {
  const { files, random } = platform;
  await requireData(platform, location);
  if ("dataDir" in location) await refuseOwnFile(platform, location.dataDir, file);
  const found = await files.stat(file);
  if (found?.kind === "directory") throw notAFile(file, true);
  if (!force && found !== null) throw backupExists(file);
  const temporary = join(dirname(file), `.tracker-${basename(file)}-${randomHex(random, 8)}.tmp`);
  try {
    await files.append(temporary, "", { mode: 0o600 });
    if ("dataDir" in location) {
      await copySqlite(platform, databaseIn(location.dataDir), temporary, onProgress);
    } else await copyRowsInto(platform, location, temporary, onProgress);
    await withoutLog(temporary);
    if (!force && await files.stat(file) !== null) throw backupExists(file);
    await files.rename(temporary, file);
  } finally {
    // SQLite's own files are there only after a failure.
    for (const end of ["", "-wal", "-shm", "-journal"]) await files.remove(`${temporary}${end}`);
  }
  const bytes = (await files.stat(file))?.size ?? 0;
  return { bytes, unrecorded: await record(platform, actor, location, { file, bytes }) };
}

/** Records a copy in the audit log. Returns why that cannot be done, or `null` when it is done. */
async function record(
  platform: Platform,
  actor: Actor,
  location: HostLocation,
  details: { readonly file: string; readonly bytes: number },
): Promise<string | null> {
  try {
    const version = await storedVersion(platform, location);
    // To open the data would bring it to this version.
    if (version !== HOST_MIGRATIONS.length) return `the data is of another version (${version})`;
    const context = hostContext(platform, await openStoreAt(platform, location), "strong");
    try {
      await inTransaction(
        context,
        (context) =>
          audit(context, { actor, teamId: null, action: "backup", target: "host", details }),
      );
      return null;
    } finally {
      await context.store.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A host that serves would continue with a file that has no name any more: all that comes after would be lost. */
async function refuseOwnFile({ files }: Platform, dataDir: string, file: string): Promise<void> {
  const inData = await files.realPath(dirname(file)) === await files.realPath(dataDir);
  const isOwn = /^host\.(key|db(-wal|-shm|-journal)?)$/i.test(basename(file));
  if (inData && isOwn) throw backupOfItself(file);
}

/** Copies the rows of a database that SQLite cannot read. */
async function copyRowsInto(
  platform: Platform,
  location: HostLocation,
  file: string,
  onProgress: (share: number) => void,
): Promise<void> {
  if (await storedVersion(platform, location) < HOST_MIGRATIONS.length) throw olderData(location);
  const tables = await hostTables(platform);
  const source = await openStoreAt(platform, location);
  try {
    const copy = await openSqliteStore(platform, file);
    try {
      await atOneInstant(source, async (read) => {
        const total = Math.max(1, await rowsIn(read, tables));
        let table = "";
        let [finished, inTable] = [0, 0];
        await copy.transaction(async (written) => {
          const contents = await copyRows(read, written, tables, (name, rows) => {
            if (name !== table) [table, finished, inTable] = [name, finished + inTable, 0];
            inTable = rows;
            onProgress((finished + inTable) / total);
          });
          const again = await contentOf(written, tables, () => {});
          const differs = contents.find((one, at) => one.digest !== again[at]?.digest);
          if (differs !== undefined) throw new TypeError(`The copy of "${differs.table}" differs`);
        });
      });
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}

function backupOfItself(path: string): TrackerError {
  return new TrackerError({
    code: "backup_of_itself",
    message: `"${path}" is a file of the host that is to be copied`,
    nextAction: "Name a file outside the directory of its data.",
    details: { path },
  });
}

function backupExists(path: string): TrackerError {
  return new TrackerError({
    code: "backup_exists",
    message: `"${path}" exists`,
    nextAction: "Choose another name, or replace it with `--force`.",
    details: { path },
  });
}

function olderData(location: HostLocation): TrackerError {
  return new TrackerError({
    code: "database_older",
    message: `The data in "${shownLocation(location)}" is of an older version`,
    nextAction: "Run `tracker host migrate` first, or copy it with `pg_dump`.",
  });
}
