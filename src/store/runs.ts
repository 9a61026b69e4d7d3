import * as v from "valibot";
import type { Database } from "../platform/database.ts";
import { optionalNumber, parseStored, type Row, Statements, textOf } from "./rows.ts";

/** What was synced. */
export type RunKind = "pull" | "push" | "run";

/** How a sync ended. */
export type RunOutcome = "ok" | "partial" | "failed";

/** A finished sync. Times are milliseconds since 1970. */
export interface SyncRun {
  /** What was synced. */
  readonly kind: RunKind;
  /** When it began. */
  readonly startedAt: number;
  /** When it ended. */
  readonly finishedAt: number;
  /** How it ended. */
  readonly outcome: RunOutcome;
  /** Counts by name, such as `created`, `updated`, `unchanged`, `pushed`, `failed`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The log of sync runs; only the latest 100 are kept. */
export class RunTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** Adds a finished sync. */
  record(run: SyncRun): void {
    this.#sql.of(
      `INSERT INTO tracker_runs (kind, started_at, finished_at, outcome, counts)
       VALUES (?, ?, ?, ?, ?)`,
    ).run(run.kind, run.startedAt, run.finishedAt, run.outcome, JSON.stringify(run.counts));
    this.#sql.of(
      "DELETE FROM tracker_runs WHERE id <= (SELECT max(id) - 100 FROM tracker_runs)",
    ).run();
  }

  /** The latest syncs, latest first. */
  list(limit: number): SyncRun[] {
    return this.#sql.of("SELECT * FROM tracker_runs ORDER BY id DESC LIMIT ?").all(limit)
      .map(runOf);
  }

  /** The latest sync, or `null`. */
  last(): SyncRun | null {
    return this.list(1)[0] ?? null;
  }
}

const CountsSchema = v.record(v.string(), v.number());

function runOf(row: Row): SyncRun {
  const kind = textOf(row, "kind");
  const outcome = textOf(row, "outcome");
  return {
    kind: kind === "push" || kind === "run" ? kind : "pull",
    startedAt: optionalNumber(row, "started_at") ?? 0,
    finishedAt: optionalNumber(row, "finished_at") ?? 0,
    outcome: outcome === "ok" || outcome === "partial" ? outcome : "failed",
    counts: parseStored(CountsSchema, textOf(row, "counts")),
  };
}
