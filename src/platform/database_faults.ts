import type { DatabaseSync } from "node:sqlite";
import { type ErrorDetails, TrackerError } from "./tracker_error.ts";

/** SQLite's own words for a disk that is full, broken or read-only; there is no code to tell by. */
const STORAGE_FAULT = /disk is full|disk I\/O error|readonly database/;
/** SQLite's own words for a file whose content is no longer what it wrote. */
const DAMAGE = /malformed|not a database/;

/** Returns whether the disk, or another process that holds the file for long, is what made a statement fail. */
export function isStorageFault(error: unknown): boolean {
  if (error instanceof TrackerError) return error.code === "database_unusable";
  return isBusy(error) || (error instanceof Error && STORAGE_FAULT.test(error.message));
}

/** Returns whether another process holds the file. */
export function isBusy(error: unknown): boolean {
  // Deno gives statements run by `exec` no error code; the text is SQLite's own for SQLITE_BUSY.
  return error instanceof Error && error.message === "database is locked";
}

/** Returns the failure of a database file that cannot be opened or written. */
export function unusableDatabase(
  verb: "open" | "write",
  path: string,
  cause: unknown,
): TrackerError {
  return unusable(path, cause, {
    message: `Cannot ${verb} the database "${path}": ${reasonOf(cause)}`,
    // It is not for moving away: it may hold edits or events that wait.
    nextAction:
      "Free disk space, or make the file and its directory writable, then try again: `tracker doctor` says which.",
  });
}

/** Returns the failure of a large file that SQLite can read only with files beside it, where none can be made. */
export function unchangingTooLarge(path: string, mostBytes: number, cause: unknown): TrackerError {
  const most = `${mostBytes / (1024 * 1024)} MiB`;
  return unusable(path, cause, {
    message:
      `Cannot open the database "${path}": no file can be made beside it, and it is larger than ${most}`,
    nextAction:
      "Free disk space, or copy the file to a disk that can be written, and read it there.",
  });
}

function unusable(
  path: string,
  cause: unknown,
  words: { readonly message: string; readonly nextAction: string },
): TrackerError {
  return new TrackerError({ code: "database_unusable", ...words, details: { path }, cause });
}

/** SQLite adds the statement to its reason, which may be a whole schema. */
function reasonOf(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return reason.split("\n")[0]?.replace(/ in *$/, "") ?? reason;
}

/** Returns the failure of a database whose schema this version does not know yet. */
export function newerDatabase(name: string, details: ErrorDetails): TrackerError {
  return new TrackerError({
    code: "database_newer",
    message: `The database "${name}" was written by a newer version of tracker`,
    nextAction: "Update tracker.",
    details,
  });
}

/** Returns the failure of a database whose content is damaged; `path` is `null` where its file is not known. */
export function damagedDatabase(
  path: string | null,
  reason: string,
  cause?: unknown,
): TrackerError {
  return new TrackerError({
    code: "database_damaged",
    message: `${path === null ? "A database" : `The database "${path}"`} is damaged: ${reason}`,
    nextAction: "Run `tracker doctor`, which names every damaged file, or move the file away.",
    details: path === null ? {} : { path },
    cause,
  });
}

/**
 * Returns the same error, or one that names the file when its content or the disk is at fault: SQLite does not say
 * which file it was or what to do.
 */
export function namingDatabase(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TrackerError) return error;
  if (DAMAGE.test(error.message)) return damagedDatabase(path, error.message, error);
  if (!STORAGE_FAULT.test(error.message)) return error;
  return unusableDatabase("write", path, error);
}

/**
 * Makes every statement of a database name the file when its content or the disk is at fault. A statement can no longer
 * be iterated: Deno's iterator takes damage for the end of the rows, so that a damaged file reads as an empty one.
 */
export function nameDamage(database: DatabaseSync, path: string): void {
  const prepare = database.prepare.bind(database);
  define(database, "prepare", (sql: string) => {
    const statement = orNamed(path, () => prepare(sql));
    for (const name of ["all", "get", "run"] as const) {
      const method: (...args: never[]) => unknown = statement[name];
      // No function within the function: statements run ten times in a small call.
      define(statement, name, (...args: never[]) => {
        try {
          return method.apply(statement, args);
        } catch (error) {
          throw namingDatabase(path, error);
        }
      });
    }
    define(statement, "iterate", () => {
      throw new TypeError("Rows are taken with `all`, in portions: `iterate` hides a damaged file");
    });
    return statement;
  });
  const exec = database.exec.bind(database);
  define(database, "exec", (sql: string) => orNamed(path, () => exec(sql)));
}

function define(target: object, name: string, value: (...args: never[]) => unknown): void {
  Object.defineProperty(target, name, { value });
}

function orNamed<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw namingDatabase(path, error);
  }
}
