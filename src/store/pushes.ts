import type { Database } from "../platform/database.ts";
import { optionalNumber, optionalText, Statements, textOf } from "./rows.ts";

/** Milliseconds that an interrupted push is remembered: far longer than a host remembers a key. */
const REMEMBERED_FOR_MS = 90 * 86_400_000;

/** Milliseconds that a comment without an answer is remembered: less than a host remembers a key. */
const COMMENT_REMEMBERED_FOR_MS = 23 * 3_600_000;

/** One request of a push. */
export interface StoredBatch {
  /** Its idempotency key. */
  readonly key: string;
  /** What the host answered (JSON); `null` before that. */
  readonly answer: string | null;
}

/** A request of edits whose answer is not known. */
export interface OpenSend {
  /** Its idempotency key. */
  readonly key: string;
  /** What was sent, to the letter. */
  readonly content: string;
}

/**
 * The journal of writes to a host. A write is stored with its key before it goes out. Of pushed items and changes of
 * issues it holds the last one that has not ended: whatever is begun after it replaces it. Requests that create issues
 * and comments stay until they are answered, for a host may know a repeat by its key alone.
 */
export class PushTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /**
   * The batches of a push of items that has not come to its end, `count` of them; `null` when this is no such push. A
   * push is known by a key that follows from its content.
   */
  unfinished(push: string, count: number, now: number): readonly StoredBatch[] | null {
    const rows = this.#sql.of(
      `SELECT content, key, answer FROM tracker_sends
       WHERE kind = 'items' AND opened_at > ? ORDER BY place`,
    ).all(now - REMEMBERED_FOR_MS);
    if (rows.length !== count || rows.some((row) => textOf(row, "content") !== push)) return null;
    return rows.map((row) => ({ key: textOf(row, "key"), answer: optionalText(row, "answer") }));
  }

  /** The requests without an answer, oldest first; times are milliseconds since 1970. */
  list(): readonly {
    readonly kind: string;
    readonly content: string;
    readonly openedAt: number;
  }[] {
    return this.#sql.of(
      "SELECT kind, content, opened_at FROM tracker_sends WHERE answer IS NULL ORDER BY id",
    ).all().map((row) => ({
      kind: textOf(row, "kind"),
      content: textOf(row, "content"),
      openedAt: optionalNumber(row, "opened_at") ?? 0,
    }));
  }

  /** How many requests have no answer yet, but for comments, which no push sends. */
  unanswered(): number {
    const row = this.#sql.of(
      "SELECT count(*) AS count FROM tracker_sends WHERE answer IS NULL AND kind <> 'comment'",
    ).get();
    return row === undefined ? 0 : optionalNumber(row, "count") ?? 0;
  }

  /** Begins a push of items, one key for each batch. */
  begin(push: string, keys: readonly string[], now: number): void {
    this.#supersede();
    const insert = this.#sql.of(INSERT);
    for (const [place, key] of keys.entries()) insert.run("items", push, place, key, now);
  }

  /** Stores what the host answered to the batch at `place`; after the last answer the push is at its end. */
  answered(push: string, place: number, answer: string): void {
    this.#sql.of(
      "UPDATE tracker_sends SET answer = ? WHERE kind = 'items' AND content = ? AND place = ?",
    ).run(answer, push, place);
    this.#sql.of(
      `DELETE FROM tracker_sends WHERE kind = 'items' AND content = ? AND NOT EXISTS
         (SELECT 1 FROM tracker_sends WHERE kind = 'items' AND answer IS NULL)`,
    ).run(push);
  }

  /** Gives the batch at `place` another key: the host has refused the write under the first one. */
  renew(push: string, place: number, key: string): void {
    this.#sql.of(
      "UPDATE tracker_sends SET key = ? WHERE kind = 'items' AND content = ? AND place = ?",
    ).run(key, push, place);
  }

  /** Begins a request that changes issues, or one that creates them. */
  open(kind: "changes" | "creates", { content, key }: OpenSend, now: number): void {
    this.#supersede();
    this.#sql.of(INSERT).run(kind, content, 0, key, now);
  }

  /** Keeps a request of another cache that creates issues and has no answer yet; what is under way here stays. */
  keepCreates({ content, key }: OpenSend, now: number): void {
    this.#sql.of(INSERT).run("creates", content, 0, key, now);
  }

  /** The key of a request for changes of this very content that has no answer yet, with nothing begun since. */
  openChanges(content: string, now: number): string | null {
    const row = this.#sql.of(
      "SELECT key FROM tracker_sends WHERE kind = 'changes' AND content = ? AND opened_at > ?",
    ).get(content, now - REMEMBERED_FOR_MS);
    return row === undefined ? null : textOf(row, "key");
  }

  /** The requests that create issues and have no answer yet, oldest first. */
  openCreates(): readonly OpenSend[] {
    return this.#sql.of("SELECT key, content FROM tracker_sends WHERE kind = 'creates' ORDER BY id")
      .all().map((row) => ({ key: textOf(row, "key"), content: textOf(row, "content") }));
  }

  /**
   * The key of a comment of this very content that has no answer yet, else `fresh`, which is stored. A host forgets keys:
   * one of long ago would write the comment once more under the name of a repeat.
   */
  openComment(content: string, fresh: string, now: number): string {
    this.#sql.of("DELETE FROM tracker_sends WHERE kind = 'comment' AND opened_at <= ?").run(
      now - COMMENT_REMEMBERED_FOR_MS,
    );
    const row = this.#sql.of(
      "SELECT key FROM tracker_sends WHERE kind = 'comment' AND content = ? ORDER BY id LIMIT 1",
    ).get(content);
    if (row !== undefined) return textOf(row, "key");
    this.#sql.of(INSERT).run("comment", content, 0, fresh, now);
    return fresh;
  }

  /** Closes a request for edits, or a comment: its answer is stored, or the host will not do it. */
  close(key: string): void {
    this.#sql.of("DELETE FROM tracker_sends WHERE kind <> 'items' AND key = ?").run(key);
  }

  #supersede(): void {
    this.#sql.of("DELETE FROM tracker_sends WHERE kind NOT IN ('creates', 'comment')").run();
  }
}

const INSERT =
  "INSERT INTO tracker_sends (kind, content, place, key, opened_at) VALUES (?, ?, ?, ?, ?)";
