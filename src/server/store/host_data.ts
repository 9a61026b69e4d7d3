import { monotonicFactory } from "ulid";
import type { Database } from "../../platform/database.ts";
import { inTransaction } from "../../platform/database.ts";
import { isoTime } from "../../platform/clock.ts";
import { join } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { sha256Hex } from "../../platform/random.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { repairStored } from "./repairs.ts";
import { HOST_MIGRATIONS } from "./schema.ts";
import type { Row } from "./row.ts";

/** A value that a statement takes. */
export type SqlValue = string | number | null;

/** How costly a stored password is to guess: `quick` is for a public demo password only. */
export type PasswordCost = "strong" | "quick";

/** What {@link HostData} is made of. */
export interface HostDataInit {
  readonly platform: Platform;
  /** Open and migrated. */
  readonly database: Database;
  readonly passwordCost: PasswordCost;
}

const MAX_HASHES = 1_000;

/** The host's database with the few things every part of the host needs beside it. */
export class HostData {
  /** The machine. */
  readonly platform: Platform;
  /** Cost of new passwords. */
  readonly passwordCost: PasswordCost;
  readonly #database: Database;
  readonly #statements = new Map<string, ReturnType<Database["prepare"]>>();
  readonly #hashes = new Map<string, string>();
  #dueFrom = Number.NEGATIVE_INFINITY;
  readonly #ulid: (time: number) => string;

  /** Wraps an open database. */
  constructor(init: HostDataInit) {
    this.platform = init.platform;
    this.passwordCost = init.passwordCost;
    this.#database = init.database;
    this.#ulid = monotonicFactory(() => init.platform.random.fraction());
  }

  /** Wall time in milliseconds since 1970. */
  now(): number {
    return this.platform.clock.now();
  }

  /** Wall time as ISO 8601. */
  nowIso(): string {
    return isoTime(this.now());
  }

  /** A new identifier that sorts by time, such as `op_01HX…`. */
  newId(prefix: string): string {
    return `${prefix}_${this.#ulid(this.now())}`;
  }

  /** The SHA-256 of a token that comes with every call, in hexadecimal. */
  async tokenHash(token: string): Promise<string> {
    const known = this.#hashes.get(token);
    if (known !== undefined) return known;
    // Remembered, since hashing waits for another thread: a third of the time of a small call.
    const hash = await sha256Hex(token);
    if (this.#hashes.size >= MAX_HASHES) this.#hashes.clear();
    this.#hashes.set(token, hash);
    return hash;
  }

  /** Whether `everyMs` have passed since this last answered yes; yes at first. */
  isDue(everyMs: number): boolean {
    const now = this.platform.clock.monotonic();
    if (now < this.#dueFrom) return false;
    this.#dueFrom = now + everyMs;
    return true;
  }

  /** The first row, or `null`. */
  one(sql: string, ...values: SqlValue[]): Row | null {
    return this.#statement(sql).get(...values) ?? null;
  }

  /** All rows. */
  all(sql: string, ...values: SqlValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  /** Runs a statement; answers how many rows it changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Runs `work` in one transaction; within another it simply joins that one. */
  transaction<T>(work: () => T): T {
    return this.#database.isTransaction ? work() : inTransaction(this.#database, work);
  }

  /** Closes the database. */
  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): ReturnType<Database["prepare"]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * Opens the host's data in a directory, and creates it when it is missing.
 *
 * @throws {TrackerError} `database_unusable`, `database_newer`.
 */
export async function openHostData(platform: Platform, directory: string): Promise<HostData> {
  await platform.files.makeDirectory(directory, 0o700);
  return await open(platform, databaseIn(directory), "strong");
}

/**
 * Opens the host's data that is in a directory, for all that looks at it or changes what is there.
 *
 * @throws {TrackerError} `host_data_missing` when the directory holds none; nothing is created then.
 * `database_unusable`, `database_newer`.
 */
export async function openExistingHostData(
  platform: Platform,
  directory: string,
): Promise<HostData> {
  const path = databaseIn(directory);
  const found = await platform.files.stat(path);
  if (found === null || found.size === 0) {
    throw new TrackerError({
      code: "host_data_missing",
      message: `No data of a host is in "${directory}"`,
      nextAction:
        "Name the directory of `tracker host serve --data`, or create it with `tracker host user add`.",
      details: { path: directory },
    });
  }
  return await open(platform, path, "strong");
}

function databaseIn(directory: string): string {
  return join(directory, "host.db");
}

/** Opens data that lives in memory and leaves nothing behind, however the process ends. */
export async function openTemporaryHostData(platform: Platform): Promise<HostData> {
  return await open(platform, ":memory:", "quick");
}

async function open(
  platform: Platform,
  path: string,
  passwordCost: PasswordCost,
): Promise<HostData> {
  const database = await platform.openDatabase(path, {
    migrations: HOST_MIGRATIONS,
    durability: "full",
  });
  const data = new HostData({ platform, database, passwordCost });
  repairStored(data);
  return data;
}
