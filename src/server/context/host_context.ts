import { monotonicFactory } from "ulid";
import { isoTime } from "../../platform/clock.ts";
import { join } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { sha256Hex } from "../../platform/random.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { repairStored } from "../store/migrations/repairs.ts";
import { IN_MEMORY, openSqliteStore } from "../store/sqlite.ts";
import type { HostStore, Transaction } from "../store/store.ts";

/** How costly a stored password is to guess: `quick` is for a public demo password only. */
export type PasswordCost = "strong" | "quick";

/** What the host's services work in: the store, the time, and the few things every part needs beside them. */
export interface HostContext {
  readonly store: HostStore;
  /** The machine. */
  readonly platform: Platform;
  /** Cost of new passwords. */
  readonly passwordCost: PasswordCost;
  /** Wall time in milliseconds since 1970. */
  readonly now: () => number;
  /** Wall time as ISO 8601. */
  readonly nowIso: () => string;
  /** A new identifier that sorts by time, such as `op_01HX…`. */
  readonly newId: (prefix: string) => string;
  /** The SHA-256 of a token that comes with every call, in hexadecimal. */
  readonly tokenHash: (token: string) => string | Promise<string>;
  /** Whether `everyMs` have passed since this last said yes; yes at first. */
  readonly isDue: (everyMs: number) => boolean;
}

/** The same inside a transaction: its store is the transaction's handle. */
export interface TransactionContext extends HostContext {
  readonly store: Transaction;
}

/**
 * Runs `work` in one transaction of the store; within another it joins that one. Name the parameter of `work` as the
 * variable outside, so that the outer context cannot be used by mistake.
 */
export async function inTransaction<T>(
  context: HostContext,
  work: (context: TransactionContext) => Promise<T>,
): Promise<T> {
  return await context.store.transaction((store) => work({ ...context, store }));
}

/** Creates a context around an open store. */
export function hostContext(
  platform: Platform,
  store: HostStore,
  passwordCost: PasswordCost,
): HostContext {
  const { clock, random } = platform;
  const ulid = monotonicFactory(() => random.fraction());
  let dueFrom = Number.NEGATIVE_INFINITY;
  return {
    store,
    platform,
    passwordCost,
    now: () => clock.now(),
    nowIso: () => isoTime(clock.now()),
    newId: (prefix) => `${prefix}_${ulid(clock.now())}`,
    tokenHash: rememberedHash(),
    isDue(everyMs) {
      const now = clock.monotonic();
      if (now < dueFrom) return false;
      dueFrom = now + everyMs;
      return true;
    },
  };
}

const MAX_HASHES = 1_000;

/** Hashes are remembered, since hashing waits for another thread: a third of the time of a small call. */
function rememberedHash(): (token: string) => string | Promise<string> {
  const hashes = new Map<string, string>();
  const hashed = async (token: string) => {
    const hash = await sha256Hex(token);
    if (hashes.size >= MAX_HASHES) hashes.clear();
    hashes.set(token, hash);
    return hash;
  };
  return (token) => hashes.get(token) ?? hashed(token);
}

/**
 * Opens the host's data in a directory, and creates it when it is missing.
 *
 * @throws {TrackerError} `database_unusable`, `database_newer`.
 */
export async function openHostData(platform: Platform, directory: string): Promise<HostContext> {
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
): Promise<HostContext> {
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

/** Opens data that lives in memory and leaves nothing behind, however the process ends. */
export async function openTemporaryHostData(platform: Platform): Promise<HostContext> {
  return await open(platform, IN_MEMORY, "quick");
}

function databaseIn(directory: string): string {
  return join(directory, "host.db");
}

async function open(
  platform: Platform,
  path: string,
  passwordCost: PasswordCost,
): Promise<HostContext> {
  const store = await openSqliteStore(platform, path);
  try {
    await repairStored(store);
    return hostContext(platform, store, passwordCost);
  } catch (error) {
    await store.close();
    throw error;
  }
}
