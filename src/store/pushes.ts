import type { Database } from "../platform/database.ts";
import { optionalNumber, Statements } from "./rows.ts";

/** Milliseconds that a push is remembered: far longer than a host remembers a key. */
const REMEMBERED_FOR_MS = 90 * 86_400_000;

/** How often the same batch of a push came to its end; each is known by a key that follows from its content. */
export class PushTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** How often a batch of this content came to its end. */
  times(content: string): number {
    const row = this.#sql.of("SELECT times FROM tracker_pushes WHERE content = ?").get(content);
    return row === undefined ? 0 : optionalNumber(row, "times") ?? 0;
  }

  /** Remembers that it did so `times` times by now (milliseconds since 1970), and forgets old ones. */
  finish(content: string, times: number, now: number): void {
    this.#sql.of(
      `INSERT INTO tracker_pushes (content, times, finished_at) VALUES (?1, ?2, ?3)
       ON CONFLICT (content) DO UPDATE SET times = max(times, ?2), finished_at = ?3`,
    ).run(content, times, now);
    this.#sql.of("DELETE FROM tracker_pushes WHERE finished_at < ?").run(now - REMEMBERED_FOR_MS);
  }
}
