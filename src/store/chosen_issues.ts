import { firstOf, type IdsInOrder } from "./issue_choice.ts";
import {
  both,
  type Condition,
  type IssueFilter,
  NEWEST_FIRST,
  restriction,
} from "./issue_filter.ts";
import { matchesIn } from "./issue_matches.ts";
import { rankingFor } from "./issue_ranking.ts";
import { knownIssues } from "./issue_segments.ts";
import { optionalNumber, type Row, type Statements, textOf } from "./rows.ts";

/** Issues among which those of a page are. */
export interface Chosen {
  /** How many pass the filter, on whatever page. */
  readonly total: number;
  /** The rows of all issues of the page, and of few others. */
  readonly rows: readonly number[];
}

/**
 * Finds the issues of a page by the columns of the segments, which tell of every issue what a list asks for; of the
 * issues that are in no segment yet the database tells it.
 */
export class ChosenIssues {
  readonly #sql: Statements;

  /** Works on an open database of whatever version. */
  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /**
   * Returns the issues among which those of a page are; `null` where the database finds them sooner, or there are no
   * columns to rely on. To be asked in the transaction that reads the page.
   */
  choose(filter: IssueFilter & { readonly limit: number }): Chosen | null {
    if (!needsColumns(filter)) return null;
    const known = knownIssues(this.#sql);
    if (known === null || filter.limit >= known.total) return null;
    const { segments, indexed } = known;
    const matches = segments.map((segment) => matchesIn(segment, filter));
    const waiting = this.#waiting(indexed, filter);
    const count = matches.reduce((sum, { count }) => sum + count, 0);
    const rows = firstOf(matches, rankingFor(filter.sort ?? NEWEST_FIRST, segments), {
      count: filter.limit,
      after: filter.after,
      idsInOrder: this.#idsInOrder,
    });
    return { total: count + waiting.length, rows: [...waiting, ...rows] };
  }

  /** Returns the condition that an issue may have an external reference that begins so; `null` without columns. */
  referenced(prefix: string): Condition | null {
    const known = knownIssues(this.#sql);
    if (known === null) return null;
    const rows = known.segments.flatMap((segment) => segment.referenced(prefix));
    return {
      where: "(rowid > ? OR rowid IN (SELECT value FROM json_each(?)))",
      values: [known.indexed, JSON.stringify(rows)],
    };
  }

  /** The issues that pass and are in no segment. */
  #waiting(indexed: number, filter: IssueFilter): readonly number[] {
    const { where, values } = both([
      { where: "rowid > ?", values: [indexed] },
      restriction(filter),
    ]);
    return this.#sql.of(`SELECT rowid AS issue FROM tracker_issues WHERE ${where}`)
      .all(...values).map((row) => rowOf(row));
  }

  readonly #idsInOrder: IdsInOrder = (after, isEnough) => {
    const asked = "SELECT rowid AS issue, id FROM tracker_issues";
    const order = `ORDER BY id LIMIT ${MET_AT_ONCE}`;
    let last = after;
    for (;;) {
      const met = last === null
        ? this.#sql.of(`${asked} ${order}`).all()
        : this.#sql.of(`${asked} WHERE id > ? ${order}`).all(last);
      for (const row of met) if (isEnough(rowOf(row))) return;
      const end = met.at(-1);
      if (end === undefined || met.length < MET_AT_ONCE) return;
      last = textOf(end, "id");
    }
  };
}

/** Ids that are read at a time. */
const MET_AT_ONCE = 256;

/** Whether an index of the database is no help: it has the status, the type and the last change. */
function needsColumns({ text = "", sort, ...filter }: IssueFilter): boolean {
  if (text.trim() !== "") return false;
  const { priority = [], assignees = [], labels = [], parent } = filter;
  return priority.length + assignees.length + labels.length > 0 || parent !== undefined ||
    (sort !== undefined && sort.by !== "updated");
}

function rowOf(row: Row): number {
  return optionalNumber(row, "issue") ?? 0;
}
