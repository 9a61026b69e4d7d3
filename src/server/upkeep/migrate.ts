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
import { dropWordIndex } from "../store/word_index.ts";

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

/** What a move does, one after the other. */
type MoveStep = "copying" | "comparing" | "indexing";

/** Told how far the work has come, in rows; `indexing` is told once, when it begins. */
export type MoveProgress = (
  step: { readonly what: MoveStep; readonly done: number; readonly total: number },
) => void;

/** What was copied: rows by table. */
export interface MovedData {
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  /** Why the index of words is not made; `null` when it is. The next process that opens the database makes it. */
  readonly unindexed: string | null;
}

/**
 * Copies all data of a directory into an empty database, and compares every row: all or nothing, in one transaction of
 * the database. No process can use the directory meanwhile, and its data stays as it is. The index of words is made of
 * all rows, once they are there.
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
  const tables = await copyData(platform, actor, { from, to }, onProgress);
  onProgress({ what: "indexing", done: 0, total: 1 });
  return { tables, unindexed: await indexWords(platform, to) };
}

/** Makes what the copy has left out, as each process does that opens the database. Returns why it cannot, or `null`. */
async function indexWords(platform: Platform, to: HostLocation): Promise<string | null> {
  try {
    await (await openStoreAt(platform, to)).close();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Copies and compares all rows; returns how many each table has. */
async function copyData(
  platform: Platform,
  actor: Actor,
  { from, to }: { readonly from: { readonly dataDir: string }; readonly to: HostLocation },
  onProgress: MoveProgress,
): Promise<MovedData["tables"]> {
  const source = await openAlone(platform, from.dataDir);
  try {
    const target = hostContext(platform, await openStoreAt(platform, to), "strong");
    try {
      const tables = await hostTables(platform);
      const total = await rowsIn(source, tables);
      const counting = (what: MoveStep): CopyProgress => {
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
        await dropWordIndex(target.store);
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
        return read.map(({ table, rows }) => ({ table, rows }));
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
