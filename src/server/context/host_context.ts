import { monotonicFactory } from "ulid";
import { isoTime } from "../../platform/clock.ts";
import type { Platform } from "../../platform/platform.ts";
import { sha256Hex } from "../../platform/random.ts";
import { repairStored } from "../store/migrations/repairs.ts";
import { IN_MEMORY, openSqliteStore } from "../store/sqlite.ts";
import type { HostStore, Transaction, TransactionOptions } from "../store/store.ts";
import { type HostLocation, openStoreAt, requireData } from "./location.ts";

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
  options: TransactionOptions = {},
): Promise<T> {
  return await context.store.transaction((store) => work({ ...context, store }), options);
}

/** Ends a transaction whose changes are not wanted. */
class Rehearsed<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super("Rolled back");
    this.result = result;
  }
}

/** Returns what `work` would, and changes nothing: so a refusal is met before a person is asked to agree. */
export async function rehearse<T>(
  context: HostContext,
  work: (context: HostContext) => Promise<T>,
): Promise<T> {
  const ended = inTransaction(context, async (context): Promise<Rehearsed<T>> => {
    throw new Rehearsed(await work(context));
  });
  const end: unknown = await ended.catch((error: unknown) => error);
  if (end instanceof Rehearsed) return end.result;
  throw end;
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
 * Opens the host's data at a location, and creates it when it is missing.
 *
 * @throws {TrackerError} `database_unusable`, `database_newer`; for PostgreSQL also what keeps it from being reached.
 */
export async function openHostData(
  platform: Platform,
  location: HostLocation,
): Promise<HostContext> {
  return await opened(platform, await openStoreAt(platform, location), "strong");
}

/**
 * Opens the host's data that is at a location, for all that looks at it or changes what is there.
 *
 * @throws {TrackerError} `host_data_missing` when there is none; nothing is created then. Else as {@link openHostData}.
 */
export async function openExistingHostData(
  platform: Platform,
  location: HostLocation,
): Promise<HostContext> {
  await requireData(platform, location);
  return await openHostData(platform, location);
}

/** Opens data that lives in memory and leaves nothing behind, however the process ends. */
export async function openTemporaryHostData(platform: Platform): Promise<HostContext> {
  return await opened(platform, await openSqliteStore(platform, IN_MEMORY), "quick");
}

async function opened(
  platform: Platform,
  store: HostStore,
  passwordCost: PasswordCost,
): Promise<HostContext> {
  try {
    await repairStored(store);
    return hostContext(platform, store, passwordCost);
  } catch (error) {
    await store.close();
    throw error;
  }
}
