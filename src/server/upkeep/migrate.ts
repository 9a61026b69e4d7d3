import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { audit } from "../context/audit.ts";
import { hostContext, inTransaction, openExistingHostData } from "../context/host_context.ts";
import {
  databaseIn,
  type HostLocation,
  openStoreAt,
  requireData,
  shownLocation,
  storedVersion,
} from "../context/location.ts";
import type { Actor } from "../model/actor.ts";
import { contentOf, type CopyProgress, copyRows, isEmpty, rowsIn } from "../store/copy_rows.ts";
import { keepWritersOut } from "../store/copy_store.ts";
import { hostTables } from "../store/host_tables.ts";
import { HOST_MIGRATIONS } from "../store/migrations/migrations.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { HostStore } from "../store/store.ts";

/** What bringing a schema up to date has come to. */
export interface MigratedSchema {
  readonly from: number;
  readonly to: number;
}

/**
 * Brings the schema of a host's data to the newest version.
 *
 * @throws {TrackerError} `host_data_missing`, `database_newer` and what keeps the data from being opened.
 */
export async function migrateSchema(
  platform: Platform,
  location: HostLocation,
): Promise<MigratedSchema> {
  const from = await storedVersion(platform, location);
  const context = await openExistingHostData(platform, location);
  await context.store.close();
  return { from, to: HOST_MIGRATIONS.length };
}

/** Told how far the work has come. */
export type MoveProgress = (
  step: { readonly what: "copying" | "comparing"; readonly done: number; readonly total: number },
) => void;

/** What was copied: rows by table. */
export interface MovedData {
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
}

/**
 * Copies all data of a directory into an empty database, and compares every row: all or nothing, in one transaction of
 * the database. No process can use the directory meanwhile, and its data stays as it is.
 *
 * @throws {TrackerError} `host_data_missing`, `host_in_use`, `target_not_empty`, `copy_differs`, and what keeps either
 * from being opened.
 */
export async function moveData(
  platform: Platform,
  actor: Actor,
  { from, to }: { readonly from: { readonly dataDir: string }; readonly to: HostLocation },
  onProgress: MoveProgress = () => {},
): Promise<MovedData> {
  await requireData(platform, from);
  const source = await openAlone(platform, from.dataDir);
  try {
    const target = hostContext(platform, await openStoreAt(platform, to), "strong");
    try {
      const tables = await hostTables(platform);
      const total = await rowsIn(source, tables);
      const counting = (what: "copying" | "comparing"): CopyProgress => {
        let done = 0;
        let last = { table: "", rows: 0 };
        return (table, rows) => {
          done += rows - (last.table === table ? last.rows : 0);
          last = { table, rows };
          onProgress({ what, done, total });
        };
      };
      return await inTransaction(target, async (target) => {
        await keepWritersOut(target.store, tables);
        if (!await isEmpty(target.store, tables)) throw targetNotEmpty(to);
        const read = await copyRows(source, target.store, tables, counting("copying"));
        const written = await contentOf(target.store, tables, counting("comparing"));
        const differs = read.find((one, at) =>
          one.rows !== written[at]?.rows || one.digest !== written[at]?.digest
        );
        if (differs !== undefined) throw copyDiffers(differs.table);
        await audit(target, {
          actor,
          teamId: null,
          action: "migrate",
          target: "host",
          details: { from: shownLocation(from), to: shownLocation(to), rows: total },
        });
        return { tables: read.map(({ table, rows }) => ({ table, rows })) };
      });
    } finally {
      await target.store.close();
    }
  } finally {
    await source.close();
  }
}

/** Opens a directory that no other process uses, and keeps others out. */
async function openAlone(platform: Platform, dataDir: string): Promise<HostStore> {
  try {
    return await openSqliteStore(platform, databaseIn(dataDir), {
      isExclusive: true,
      busyTimeoutMs: 1_000,
    });
  } catch (error) {
    throw isLocked(error) ? inUse(dataDir, error) : error;
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && /database is locked/.test(error.message);
}

function inUse(dataDir: string, cause: unknown): TrackerError {
  return new TrackerError({
    code: "host_in_use",
    message: `Another process uses the data in "${dataDir}"`,
    nextAction: "Stop the host that serves it, then try again.",
    details: { path: dataDir },
    cause,
  });
}

function targetNotEmpty(to: HostLocation): TrackerError {
  const name = shownLocation(to);
  return new TrackerError({
    code: "target_not_empty",
    message: `"${name}" holds the data of a host already`,
    nextAction: "Name an empty database. Nothing was changed.",
    details: { target: name },
  });
}

function copyDiffers(table: string): TrackerError {
  return new TrackerError({
    code: "copy_differs",
    message: `The copy of the table "${table}" differs from what was read`,
    nextAction: "Nothing was kept. Try again, and tell us when it happens again.",
    details: { table },
  });
}
