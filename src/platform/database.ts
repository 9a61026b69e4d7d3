import type { DatabaseSync } from "node:sqlite";
import { systemClock } from "./clock.ts";
import {
  isBusy,
  isStorageFault,
  nameDamage,
  namingDatabase,
  newerDatabase,
  unchangingTooLarge,
  unusableDatabase,
} from "./database_faults.ts";
import { TrackerError } from "./tracker_error.ts";

export { isStorageFault } from "./database_faults.ts";

/** Bytes of the largest file that is read into memory where SQLite can make no file beside it. */
const MOST_IN_MEMORY = 256 * 1024 * 1024;
/** Where the header of a file says how it is written and read, and the words for it: https://sqlite.org/fileformat.html */
const VERSION_BYTES = [18, 19];
const WITH_LOG = 2;
const WITHOUT_LOG = 1;

/**
 * An open SQLite database (the `node:sqlite` object: `exec`, `prepare`, `close`). Its statements name the file when it
 * is damaged, and cannot be iterated.
 */
export type Database = DatabaseSync;

/** How to open a database. */
export interface DatabaseOptions {
  /** Opens an existing file without the right to change it. */
  readonly readOnly?: boolean;
  /** Leaves transactions that wait in the log beside the file there: while it is read, no byte of either changes. */
  readonly leavesLog?: boolean;
  /** Milliseconds to wait for another process's transaction; 5,000 by default. */
  readonly busyTimeoutMs?: number;
  /** `full` makes every commit durable against power loss too; `normal` (default) against a kill. */
  readonly durability?: "normal" | "full";
  /** Bytes of a page, of a file that is new: 4,096 by default. A file that is there keeps its own. */
  readonly pageBytes?: number;
  /** Fails while another process has the file open, and keeps others out as long as it is open itself. */
  readonly isExclusive?: boolean;
  /** Statements that bring a schema from version `i` to `i + 1`, in order; see {@link migrate}. */
  readonly migrations?: readonly string[];
  /** Told before a file with content is brought to the newest schema, which may take a while. */
  readonly onMigrating?: () => void;
}

/**
 * Opens or makes a database file, in WAL mode, private to the user, migrated. To read, nothing need be writable, not
 * even the disk.
 *
 * @throws {TrackerError} `database_unusable` when the file cannot be opened, `database_damaged` when it is no database
 * or no longer whole, `database_newer` when it is of a newer version.
 */
export type DatabaseOpener = (path: string, options?: DatabaseOptions) => Promise<Database>;

/** Returns the real opener. SQLite itself is loaded at the first call. */
export function systemDatabaseOpener(): DatabaseOpener {
  return async (path, options = {}) => {
    try {
      return options.readOnly === true
        ? await openToRead(path, options)
        : await openToWrite(path, options);
    } catch (error) {
      if (error instanceof TrackerError || error instanceof Deno.errors.NotCapable) throw error;
      const named = namingDatabase(path, error);
      throw named instanceof TrackerError && named.code === "database_damaged"
        ? named
        : unusableDatabase("open", path, error);
    }
  };
}

async function openToWrite(path: string, options: DatabaseOptions): Promise<Database> {
  if (path !== ":memory:") makePrivate(path);
  return await opened(path, {}, options, async (database) => {
    if (options.pageBytes !== undefined) database.exec(`PRAGMA page_size = ${options.pageBytes}`);
    await useWal(database, options.busyTimeoutMs ?? 5000);
    database.exec(`PRAGMA synchronous = ${options.durability ?? "normal"}`);
    database.exec("PRAGMA foreign_keys = ON");
    const migrations = options.migrations ?? [];
    const version = schemaVersion(database);
    if (version > 0 && version < migrations.length) options.onMigrating?.();
    migrate(database, migrations);
  });
}

async function openToRead(path: string, options: DatabaseOptions): Promise<Database> {
  // SQLite makes a file that is not there, unless it may only read.
  Deno.statSync(path);
  const readOnly = { readOnly: true };
  const queriesOnly = (database: Database) => {
    database.exec("PRAGMA query_only = ON");
  };
  try {
    // A reader that may write takes the files away that SQLite keeps beside a database in WAL mode;
    // one that may not would leave them.
    const takesFilesAway = mayWrite(path) && (options.leavesLog !== true || holdsAll(path));
    return await opened(path, takesFilesAway ? {} : readOnly, options, queriesOnly);
  } catch (error) {
    if (isBusy(error) || (error instanceof TrackerError && !isStorageFault(error))) throw error;
    // On a full or read-only disk those files cannot be made. What they hold when they are there must be read, though.
    return await opened(path, readOnly, options, queriesOnly).catch((again) => {
      if (!holdsAll(path)) throw again;
      return openedUnchanging(path, options, queriesOnly);
    });
  }
}

async function opened(
  location: string,
  how: { readonly readOnly?: boolean },
  options: DatabaseOptions,
  setUp: (database: Database) => void | Promise<void>,
  { path = location, content }: { readonly path?: string; readonly content?: Uint8Array } = {},
): Promise<Database> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(location, how);
  try {
    if (content !== undefined) database.deserialize(content);
    nameDamage(database, path);
    database.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? 5000}`);
    if (options.isExclusive === true) database.exec("PRAGMA locking_mode = EXCLUSIVE");
    // SQLite looks at the file only when it has to; one that is no database has to fail here.
    schemaVersion(database);
    await setUp(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens a file that no process changes, so that SQLite needs no other file beside it. */
async function openedUnchanging(
  path: string,
  options: DatabaseOptions,
  setUp: (database: Database) => void,
): Promise<Database> {
  const readOnly = { readOnly: true };
  if (Deno.statSync(path).size <= MOST_IN_MEMORY) {
    const content = withoutLog(await Deno.readFile(path));
    return await opened(":memory:", readOnly, options, setUp, { path, content });
  }
  try {
    return await opened(asUnchanging(path), readOnly, options, setUp, { path });
  } catch (error) {
    // Unless everything is allowed, Deno takes the URL for the path of a file.
    throw error instanceof TrackerError ? error : unchangingTooLarge(path, MOST_IN_MEMORY, error);
  }
}

/** Returns the content of a database, in place, as one that has no log beside it: memory has no place for one. */
function withoutLog(content: Uint8Array): Uint8Array {
  for (const at of VERSION_BYTES) {
    if (content[at] === WITH_LOG) content[at] = WITHOUT_LOG;
  }
  return content;
}

/** Returns whether the file holds every transaction: none waits in the log beside it. */
function holdsAll(path: string): boolean {
  try {
    return Deno.statSync(`${path}-wal`).size === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** Returns the URL of the file as one that no process changes, for which SQLite needs no other file. */
function asUnchanging(path: string): string {
  const url = new URL("file:///");
  url.pathname = path.replaceAll("%", "%25");
  return `${url.href}?immutable=1`;
}

/**
 * Brings a database to the newest schema. `PRAGMA user_version` counts the migrations that have run;
 * each runs in a transaction of its own, and only once when two processes open the file together.
 */
export function migrate(database: Database, migrations: readonly string[]): void {
  const location = database.location() ?? ":memory:";
  if (schemaVersion(database) > migrations.length && migrations.length > 0) {
    throw newerDatabase(location, { path: location });
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
 * @throws {TrackerError} `database_unusable` when the disk is full or does not take the file, `database_damaged`.
 */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw namingDatabase(database.location() ?? ":memory:", error);
  }
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

function schemaVersion(database: Database): number {
  const row = database.prepare("PRAGMA user_version").get();
  return Number(row?.["user_version"] ?? 0);
}

function mayWrite(path: string): boolean {
  return Deno.permissions.querySync({ name: "write", path }).state === "granted";
}

function makePrivate(path: string): void {
  // Created before SQLite sees it, so that other users can never read the file or its WAL.
  Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
}
