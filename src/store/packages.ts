import type { Database } from "../platform/database.ts";
import { optionalText, type Row, Statements, textOf } from "./rows.ts";

/** A work package and what was pushed of it last. */
export interface PushedPackage {
  /** The name of the mission's directory. */
  readonly mission: string;
  /** `WP` and digits. */
  readonly wpId: string;
  /** Id of its ticket. */
  readonly issueId: string;
  /** When the step was taken that was pushed last, as its log says it; `null` where that is not known. */
  readonly stepAt: string | null;
  /** The log's own id of that step; empty where it has none. */
  readonly stepId: string;
}

/** The work packages of which tickets were pushed from here. */
export class PackageTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** Stores a package. */
  keep({ mission, wpId, issueId, stepAt, stepId }: PushedPackage): void {
    this.#sql.of(
      `INSERT OR REPLACE INTO tracker_packages (mission, wp_id, issue_id, step_at, step_id)
       VALUES (?, ?, ?, ?, ?)`,
    ).run(mission, wpId, issueId, stepAt, stepId);
  }

  /** Returns one of them, or `null`. */
  of(mission: string, wpId: string): PushedPackage | null {
    const row = this.#sql.of("SELECT * FROM tracker_packages WHERE mission = ? AND wp_id = ?")
      .get(mission, wpId);
    return row === undefined ? null : packageOf(row);
  }

  /** Returns all of them, by mission and package. */
  list(): PushedPackage[] {
    return this.#sql.of("SELECT * FROM tracker_packages ORDER BY mission, wp_id").all()
      .map(packageOf);
  }
}

function packageOf(row: Row): PushedPackage {
  return {
    mission: textOf(row, "mission"),
    wpId: textOf(row, "wp_id"),
    issueId: textOf(row, "issue_id"),
    stepAt: optionalText(row, "step_at"),
    stepId: textOf(row, "step_id"),
  };
}
