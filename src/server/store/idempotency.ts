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
 * Claims a key for a write until the transaction ends; {@link storeAnswer} keeps it. Returns the write that the key
 * was used for before, or `null` when this write has claimed it. Of several at once, one has it and the others wait
 * for its end.
 */
export async function claimKey(
  tx: Transaction,
  write: KeyedWrite,
  now: number,
): Promise<KnownWrite | null> {
  const claimed = await insertRow(tx, "idempotency", {
    team_id: write.teamId,
    key: write.key,
    path: write.path,
    body_hash: write.bodyHash,
    status: 0,
    answer: "",
    created_at: now,
  }, "ON CONFLICT DO NOTHING");
  if (claimed === 1) return null;
  const row = await tx.one(
    "SELECT path, body_hash, status, answer FROM idempotency WHERE team_id = ? AND key = ?",
    write.teamId,
    write.key,
  );
  if (row === null) throw new TypeError("An idempotency key was not free, but its row is missing");
  return {
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
