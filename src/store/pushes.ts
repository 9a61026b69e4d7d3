import type { Database } from "../platform/database.ts";
import { optionalText, Statements, textOf } from "./rows.ts";

/** Milliseconds that an interrupted push is remembered: far longer than a host remembers a key. */
const REMEMBERED_FOR_MS = 90 * 86_400_000;

/** One request of a push. */
export interface StoredBatch {
  /** Its idempotency key. */
  readonly key: string;
  /** What the host answered (JSON); `null` before that. */
  readonly answer: string | null;
}

/**
 * The journal of pushes to a host. It holds the last push that has not ended, if any, batch by batch. A push is known
 * by a key that follows from its content. Another push replaces it.
 */
export class PushTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** The batches of a push that has not come to its end, `count` of them; `null` when this is no such push. */
  unfinished(push: string, count: number, now: number): readonly StoredBatch[] | null {
    const rows = this.#sql.of(
      "SELECT push, key, answer FROM tracker_push_batches WHERE opened_at > ? ORDER BY place",
    ).all(now - REMEMBERED_FOR_MS);
    if (rows.length !== count || rows.some((row) => textOf(row, "push") !== push)) return null;
    return rows.map((row) => ({ key: textOf(row, "key"), answer: optionalText(row, "answer") }));
  }

  /** Begins a push, one key for each batch; whatever did not come to its end is superseded. */
  begin(push: string, keys: readonly string[], now: number): void {
    this.#sql.of("DELETE FROM tracker_push_batches").run();
    const insert = this.#sql.of(
      "INSERT INTO tracker_push_batches (place, push, key, opened_at) VALUES (?, ?, ?, ?)",
    );
    for (const [place, key] of keys.entries()) insert.run(place, push, key, now);
  }

  /** Stores what the host answered to the batch at `place`; after the last answer the push is at its end. */
  answered(push: string, place: number, answer: string): void {
    this.#sql.of("UPDATE tracker_push_batches SET answer = ? WHERE push = ? AND place = ?")
      .run(answer, push, place);
    this.#sql.of(
      `DELETE FROM tracker_push_batches WHERE push = ? AND NOT EXISTS
         (SELECT 1 FROM tracker_push_batches WHERE answer IS NULL)`,
    ).run(push);
  }

  /** Gives the batch at `place` another key: the host has refused the write under the first one. */
  renew(push: string, place: number, key: string): void {
    this.#sql.of("UPDATE tracker_push_batches SET key = ? WHERE push = ? AND place = ?")
      .run(key, push, place);
  }
}
