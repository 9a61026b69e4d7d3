import { insertRow } from "./insert.ts";
import { integer, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A write that has an effect once. */
export interface KeyedWrite {
  readonly teamId: string;
  readonly key: string;
  readonly path: string;
  readonly bodyHash: string;
}

/** The write that a key was used for, and its answer. */
export interface KnownWrite {
  readonly path: string;
  readonly bodyHash: string;
  readonly status: number;
  /** In JSON. */
  readonly answer: string;
}

/**
 * Holds a key for a write until the transaction ends, however it ends; false when another transaction holds it. On
 * SQLite a transaction is alone.
 */
export async function holdKey(tx: Transaction, { teamId, key }: KeyedWrite): Promise<boolean> {
  if (tx.dialect === "sqlite") return true;
  const row = await tx.one(
    "SELECT pg_try_advisory_xact_lock(hashtextextended(CAST(? AS TEXT), 0)) AS held",
    `idempotency ${teamId} ${key}`,
  );
  // The driver reads truth as a number.
  return row !== null && integer(row, "held") === 1;
}

/**
 * Claims a key for a write until the transaction ends; {@link storeAnswer} keeps it. Returns the write that the key
 * was used for before, or `null` when this write has claimed it. Of several at once, one has it and the others wait
 * for its end. An answer that is older than `keptMs` is forgotten.
 */
export async function claimKey(
  tx: Transaction,
  write: KeyedWrite,
  now: number,
  keptMs: number,
): Promise<KnownWrite | null> {
  if (await takeKey(tx, write, now)) return null;
  const known = await knownWrite(tx, write, now - keptMs);
  if (known !== null) return known;
  await tx.run(
    "DELETE FROM idempotency WHERE team_id = ? AND key = ? AND created_at <= ?",
    write.teamId,
    write.key,
    now - keptMs,
  );
  if (await takeKey(tx, write, now)) return null;
  // Another write took the key between the two, and has ended.
  const other = await knownWrite(tx, write, now - keptMs);
  if (other !== null) return other;
  throw new TypeError("An idempotency key was not free, but its row is missing");
}

/** Takes a key that no write has used; returns whether it was free. */
async function takeKey(tx: Transaction, write: KeyedWrite, now: number): Promise<boolean> {
  const taken = await insertRow(tx, "idempotency", {
    team_id: write.teamId,
    key: write.key,
    path: write.path,
    body_hash: write.bodyHash,
    status: 0,
    answer: "",
    created_at: now,
  }, "ON CONFLICT DO NOTHING");
  return taken === 1;
}

/** Returns the write that a key was used for after `since`; `null` when there is none. */
export async function knownWrite(
  store: HostStore,
  { teamId, key }: Pick<KeyedWrite, "teamId" | "key">,
  since: number,
): Promise<KnownWrite | null> {
  const row = await store.one(
    `SELECT path, body_hash, status, answer FROM idempotency
     WHERE team_id = ? AND key = ? AND created_at > ?`,
    teamId,
    key,
    since,
  );
  return row === null ? null : {
    path: text(row, "path"),
    bodyHash: text(row, "body_hash"),
    status: integer(row, "status"),
    answer: text(row, "answer"),
  };
}

/** Stores the answer of the write that holds a key. */
export async function storeAnswer(
  tx: Transaction,
  { teamId, key }: KeyedWrite,
  answer: { readonly status: number; readonly json: string },
): Promise<void> {
  await tx.run(
    "UPDATE idempotency SET status = ?, answer = ? WHERE team_id = ? AND key = ?",
    answer.status,
    answer.json,
    teamId,
    key,
  );
}

/** Deletes the answers stored up to `time`. */
export async function forgetAnswers(store: HostStore, time: number): Promise<void> {
  await store.run("DELETE FROM idempotency WHERE created_at <= ?", time);
}
