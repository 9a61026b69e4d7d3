import { type Database, inTransaction } from "../platform/database.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { STORE_MIGRATIONS } from "./schema.ts";

/** What replacing a damaged store needs of the machine. */
export type RecoveryPlatform = Pick<Platform, "openDatabase" | "files" | "clock" | "terminal">;

/** How a store is opened for writing. */
export interface OpenOptions {
  /** Whether this process has found the file sound a moment ago, so that its pages are not read once more. */
  readonly isKnownSound?: boolean;
}

/** Bytes of a page of a new file. Five issues of 1.4 kB fit, where two would leave a quarter of 4 kB empty. */
const PAGE_BYTES = 8_192;

/**
 * Opens the database of a store for writing; creates a missing one. Replaces a damaged one by an empty one, which the
 * next pull fills. The damaged file is removed when it surely holds no local work, else kept under another name, which
 * a warning tells.
 *
 * @throws {TrackerError} `database_unusable`, `database_newer`.
 */
export async function openSound(
  platform: RecoveryPlatform,
  path: string,
  options: OpenOptions = {},
): Promise<Database> {
  const sound = await openIfSound(platform, path, options);
  if (sound.database !== null) return sound.database;
  const lock = await platform.files.lock(`${path}.recovery.lock`, {
    purpose: "replacing a damaged cache",
  });
  try {
    // Another process may have replaced it since.
    const again = await openIfSound(platform, path);
    if (again.database !== null) return again.database;
    await replace(platform, path, again.holdsWork);
  } finally {
    await lock.release();
  }
  return await platform.openDatabase(path, {
    migrations: STORE_MIGRATIONS,
    pageBytes: PAGE_BYTES,
  });
}

type Opened =
  | { readonly database: Database }
  | { readonly database: null; readonly holdsWork: boolean };

async function openIfSound(
  platform: RecoveryPlatform,
  path: string,
  { isKnownSound = false }: OpenOptions = {},
): Promise<Opened> {
  let database: Database | null = null;
  const { files, terminal } = platform;
  const { size = 0 } = await files.stat(path) ?? {};
  try {
    database = await platform.openDatabase(path, {
      migrations: STORE_MIGRATIONS,
      pageBytes: PAGE_BYTES,
      onMigrating: () => {
        if (size >= LARGE_BYTES) terminal.stderr.write("Preparing the issue cache once…\n");
      },
    });
    if (isKnownSound || faultsOf(database).length === 0) return { database };
    const holdsWork = mayHoldWork(database);
    database.close();
    return { database: null, holdsWork };
  } catch (error) {
    if (database?.isOpen === true) database.close();
    if (!isDamage(error)) throw error;
    return { database: null, holdsWork: true };
  }
}

/** Bytes from which on bringing a file to the newest schema is noticed by who waits. */
const LARGE_BYTES = 32 * 1024 * 1024;

/** Faults of the file that a quick look at all of its pages shows. */
function faultsOf(database: Database): unknown[] {
  return database.prepare("PRAGMA quick_check(1)").all()
    .map((row) => row["quick_check"])
    .filter((text) => text !== "ok");
}

/** Tables that a pull fills again. */
const REFILLED: readonly string[] = [
  "tracker_issues",
  "tracker_checkpoints",
  "tracker_runs",
  "tracker_listings",
];

/** Returns whether the store may hold local work; what cannot be read may. */
function mayHoldWork(database: Database): boolean {
  try {
    return inTransaction(database, () => {
      const names = database.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'tracker\\_%' ESCAPE '\\'",
      ).all().map((row) => String(row["name"]));
      const mine = names.filter((name) => !REFILLED.includes(name)).map((name) =>
        `SELECT 1 FROM ${name}`
      );
      const edited = "SELECT 1 FROM tracker_issues NOT INDEXED WHERE base IS NOT NULL";
      return [edited, ...mine].some((query) => database.prepare(query).all().length > 0);
    });
  } catch (error) {
    if (isDamage(error)) return true;
    throw error;
  }
}

async function replace(
  platform: RecoveryPlatform,
  path: string,
  holdsWork: boolean,
): Promise<void> {
  const { files, clock, terminal } = platform;
  const aside = `${path}.damaged-${new Date(clock.now()).toISOString().replace(/\D/g, "")}`;
  // The log is moved first: beside a new database it would be read as the log of that one.
  for (const beside of ["-wal", "-shm", ""]) {
    if (await files.stat(path + beside) === null) continue;
    if (holdsWork) await files.rename(path + beside, aside + beside);
    else await files.remove(path + beside);
  }
  terminal.stderr.write(
    holdsWork
      ? `Warning: the issue cache was damaged and may hold edits or mappings of yours; it is kept as "${aside}".\n`
      : `Warning: the issue cache "${path}" was damaged and held nothing of yours; it is filled again.\n`,
  );
}

function isDamage(error: unknown): boolean {
  return error instanceof TrackerError && error.code === "database_damaged";
}
