import type { DatabaseSync } from "node:sqlite";
import { systemClock } from "./clock.ts";
import { TrackerError } from "./tracker_error.ts";

/** An open SQLite database (the `node:sqlite` object itself: `exec`, `prepare`, `close`). */
export type Database = DatabaseSync;

/** How to open a database. */
export interface DatabaseOptions {
  /** Opens an existing file without the right to change it. */
  readonly readOnly?: boolean;
  /** Milliseconds to wait for another process's transaction; 5,000 by default. */
  readonly busyTimeoutMs?: number;
  /** `full` makes every commit durable against power loss too; `normal` (default) against a kill. */
  readonly durability?: "normal" | "full";
  /** Statements that bring a schema from version `i` to `i + 1`, in order; see {@link migrate}. */
  readonly migrations?: readonly string[];
}

/**
 * Opens or makes a database file, in WAL mode, private to the user, migrated.
 *
 * @throws {TrackerError} `database_unusable` when the file cannot be opened or is of a newer version.
 */
export type DatabaseOpener = (path: string, options?: DatabaseOptions) => Promise<Database>;

/** The real opener. SQLite itself is loaded at the first call. */
export function systemDatabaseOpener(): DatabaseOpener {
  return async (path, options = {}) => {
    const { DatabaseSync } = await import("node:sqlite");
    let database: Database | undefined;
    try {
      const { readOnly = false } = options;
      if (!readOnly && path !== ":memory:") makePrivate(path);
      // A reader that may write takes the files away that SQLite keeps beside a database in WAL mode;
      // one that may not would leave them.
      database = new DatabaseSync(path, { readOnly: readOnly && !mayWrite(path) });
      database.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? 5000}`);
      // SQLite looks at the file only when it has to; one that is no database shall fail here.
      schemaVersion(database);
      if (readOnly) {
        database.exec("PRAGMA query_only = ON");
      } else {
        await useWal(database, options.busyTimeoutMs ?? 5000);
        database.exec(`PRAGMA synchronous = ${options.durability ?? "normal"}`);
        database.exec("PRAGMA foreign_keys = ON");
        migrate(database, options.migrations ?? []);
      }
      return database;
    } catch (error) {
      database?.close();
      if (error instanceof TrackerError || error instanceof Deno.errors.NotCapable) throw error;
      throw new TrackerError({
        code: "database_unusable",
        message: `Cannot open the database "${path}": ${
          error instanceof Error ? error.message : String(error)
        }`,
        nextAction: "Check the file's permissions and the free disk space, or move the file away.",
        details: { path },
        cause: error,
      });
    }
  };
}

/**
 * Brings a database to the newest schema. `PRAGMA user_version` counts the migrations that have run;
 * each runs in a transaction of its own, and only once when two processes open the file together.
 */
export function migrate(database: Database, migrations: readonly string[]): void {
  if (schemaVersion(database) > migrations.length && migrations.length > 0) {
    throw new TrackerError({
      code: "database_newer",
      message: "The database was written by a newer version of tracker",
      nextAction: "Update tracker.",
    });
  }
  while (schemaVersion(database) < migrations.length) {
    inTransaction(database, () => {
      const version = schemaVersion(database);
      const statements = migrations[version];
      if (statements === undefined) return;
      database.exec(statements);
      database.exec(`PRAGMA user_version = ${version + 1}`);
    });
  }
}

/**
 * Runs `work` in one immediate transaction; rolls back when it throws.
 *
 * @throws {TrackerError} `database_unusable` when the disk is full or does not take the file.
 */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error instanceof Error && STORAGE_FAULT.test(error.message)
      ? unwritable(database, error)
      : error;
  }
}

/** Whether the disk, or another process that holds the file for long, is what made a statement fail. */
export function isStorageFault(error: unknown): boolean {
  if (error instanceof TrackerError) return error.code === "database_unusable";
  return isBusy(error) || (error instanceof Error && STORAGE_FAULT.test(error.message));
}

/** SQLite's own words for a disk that is full, broken or read-only; there is no code to tell by. */
const STORAGE_FAULT = /disk is full|disk I\/O error|readonly database/;

function unwritable(database: Database, cause: Error): TrackerError {
  const path = database.location() ?? ":memory:";
  return new TrackerError({
    code: "database_unusable",
    message: `Cannot write the database "${path}": ${cause.message}`,
    nextAction: "Check the file's permissions and the free disk space, then try again.",
    details: { path },
    cause,
  });
}

/** Two processes that open a new file together would fail: SQLite does not wait for this one lock. */
async function useWal(database: Database, waitMs: number): Promise<void> {
  const clock = systemClock();
  const until = clock.monotonic() + waitMs;
  for (;;) {
    try {
      return database.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() > until) throw error;
      await clock.sleep(5);
    }
  }
}

function isBusy(error: unknown): boolean {
  // Deno gives statements run by `exec` no error code; the text is SQLite's own for SQLITE_BUSY.
  return error instanceof Error && error.message === "database is locked";
}

function schemaVersion(database: Database): number {
  const row = database.prepare("PRAGMA user_version").get();
  return Number(row?.["user_version"] ?? 0);
}

function mayWrite(path: string): boolean {
  // SQLite makes a file that is not there, unless it may only read.
  Deno.statSync(path);
  return Deno.permissions.querySync({ name: "write", path }).state === "granted";
}

function makePrivate(path: string): void {
  // Made before SQLite sees it, so that neither the file nor its WAL is ever readable by others.
  Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
}
