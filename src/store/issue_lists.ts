import type { NormalizedIssue } from "../contract/issue.ts";
import type { Database } from "../platform/database.ts";
import { ChosenIssues } from "./chosen_issues.ts";
import { shownIssue } from "./edits.ts";
import {
  afterPosition,
  both,
  type Condition,
  type IssueFilter,
  type Position,
  restriction,
  sortTerms,
} from "./issue_filter.ts";
import { optionalNumber, type Row, Statements, textOf } from "./rows.ts";
import { storedOf } from "./stored_issue.ts";
import type { WordIndex } from "./word_index.ts";

/** A page of a list of issues. */
export interface IssuePage {
  readonly issues: readonly NormalizedIssue[];
  /** How many pass the filter, on whatever page; `null` where they are many and were not to be counted. */
  readonly total: number | null;
  /** Where the next page begins; `null` after the last. */
  readonly next: Position | null;
}

/** An issue with an external reference. */
export interface ReferencedIssue {
  readonly id: string;
  /** What follows the prefix of the reference. */
  readonly rest: string;
}

/** What lists are read from. */
export interface IssueListsOptions {
  readonly database: Database;
  /** Proposes the issues of a text. */
  readonly words: Pick<WordIndex, "proposed" | "share">;
  /** Finds the issues of a page: {@link ChosenIssues} unless given. */
  readonly chosen?: Pick<ChosenIssues, "choose" | "referenced">;
}

/** A list of which a page is asked for. */
export interface PageFilter extends IssueFilter {
  /** How many issues a page has. */
  readonly limit: number;
  /** Whether the issues of a text are counted even where there are many, which takes as long as comparing each: yes unless given. */
  readonly isCounted?: boolean;
}

/** From so many issues on, those of a page are met sooner in their order than they are sorted. */
const MANY = 5_000;

/** Lists of the cached issues. */
export class IssueLists {
  readonly #database: Database;
  readonly #sql: Statements;
  readonly #words: Pick<WordIndex, "proposed" | "share">;
  readonly #chosen: Pick<ChosenIssues, "choose" | "referenced">;

  /** Works on an open, migrated database. */
  constructor({ database, words, chosen }: IssueListsOptions) {
    this.#database = database;
    this.#sql = new Statements(database);
    this.#words = words;
    this.#chosen = chosen ?? new ChosenIssues(this.#sql);
  }

  /** Issues that pass the filter, in the order that it asks for. */
  list(filter: IssueFilter): NormalizedIssue[] {
    return this.#atOnce(() => {
      const { limit } = filter;
      const chosen = limit === undefined ? null : this.#chosen.choose({ ...filter, limit });
      const proposed = this.#words.proposed(searched(filter));
      const rows = this.#sorted(
        filter,
        chosen === null
          ? both([among(proposed, filter), restriction(filter)])
          : among(chosen.rows, filter),
      );
      return rows.map((row) => shownIssue(storedOf(row)));
    });
  }

  /** A page of the issues that pass the filter. */
  page(filter: PageFilter): IssuePage {
    return this.#atOnce(() => {
      const asked = { ...filter, limit: filter.limit + 1 };
      const early = this.#firstOfMany(asked);
      const { total, rows } = early === null ? this.#counted(asked) : { total: null, rows: early };
      const last = rows.length > filter.limit ? rows[filter.limit - 1] : undefined;
      return {
        issues: rows.slice(0, filter.limit).map((row) => shownIssue(storedOf(row))),
        total,
        next: last === undefined
          ? null
          : sortTerms(filter.sort).map((_, place) => termOf(last, `term${place}`)),
      };
    });
  }

  /** The issues of which the external reference begins so, the oldest issue first. */
  referenced(prefix: string): readonly ReferencedIssue[] {
    return this.#atOnce(() => {
      const among = this.#chosen.referenced(prefix);
      const { where, values } = among ?? { where: "instr(json, ?) > 0", values: [prefix] };
      return this.#sql.of(
        `SELECT id, reference FROM (
           SELECT id, ${REFERENCE} AS reference, json_extract(json, '$.created_at') AS created_at
           FROM tracker_issues WHERE ${where}
         ) WHERE substr(reference, 1, ?) = ? ORDER BY created_at, id`,
      ).all(...values, prefix.length, prefix).map((row) => ({
        id: textOf(row, "id"),
        rest: textOf(row, "reference").slice(prefix.length),
      }));
    });
  }

  #counted(filter: PageFilter): { readonly total: number; readonly rows: Row[] } {
    const { total, passing } = this.#passing(filter);
    return { total, rows: this.#sorted(filter, passing, wholeOf) };
  }

  /** How many issues pass a filter, and a condition for them. Texts are compared once: that is what takes the time. */
  #passing(
    filter: PageFilter,
  ): { readonly total: number; readonly passing: Condition } {
    const chosen = this.#chosen.choose(filter);
    if (chosen !== null) return { total: chosen.total, passing: among(chosen.rows, filter) };
    if (searched(filter) === "") {
      const passing = restriction(filter);
      const counted = this.#sql.of(
        `SELECT count(*) AS total FROM tracker_issues${whereOf(passing)}`,
      ).get(...passing.values);
      return { total: optionalNumber(counted ?? {}, "total") ?? 0, passing };
    }
    const proposed = this.#words.proposed(searched(filter));
    const asked = both([among(proposed, {}), restriction(filter)]);
    // As the text that is asked with next: tens of thousands of rows take longer to be made than to be found.
    const found = this.#sql.of(
      `SELECT count(*) AS total, json_group_array(rowid) AS issues FROM tracker_issues${
        whereOf(asked)
      }`,
    ).get(...asked.values) ?? {};
    const total = optionalNumber(found, "total") ?? 0;
    return { total, passing: inRows(textOf(found, "issues"), total, filter) };
  }

  /**
   * Returns a page of a search that is not counted, if the first issues of the list fill it; `null` where they do not, or
   * where few may have the text.
   */
  #firstOfMany(filter: PageFilter): Row[] | null {
    const { isCounted = true, sort, after } = filter;
    if (isCounted || searched(filter) === "" || (sort !== undefined && sort.by !== "updated")) {
      return null;
    }
    if (this.#words.share(searched(filter)) * this.#count() < MANY) return null;
    const terms = sortTerms(sort);
    const start = after === undefined ? { where: "", values: [] } : afterPosition(terms, after);
    const order = terms.map(({ sql, descending }) => sql + (descending ? " DESC" : "")).join(", ");
    const first = {
      where: `+rowid IN (SELECT rowid FROM tracker_issues${
        whereOf(start)
      } ORDER BY ${order} LIMIT ${MANY})`,
      values: start.values,
    };
    const rows = this.#sorted(filter, both([first, restriction(filter)]), wholeOf);
    return rows.length < filter.limit ? null : rows;
  }

  #count(): number {
    const counted = this.#sql.of("SELECT count(*) AS total FROM tracker_issues").get() ?? {};
    return optionalNumber(counted, "total") ?? 0;
  }

  /** A list asks several times; nothing is stored in between. */
  #atOnce<T>(read: () => T): T {
    if (this.#database.isTransaction) return read();
    this.#database.exec("BEGIN");
    try {
      return read();
    } finally {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    }
  }

  /** The rows of a list in its order, with the terms that it is sorted by, and what else `more` selects of each. */
  #sorted(
    filter: IssueFilter,
    passing: Condition,
    more: (term: string) => string = () => "",
  ): Row[] {
    const terms = sortTerms(filter.sort);
    const asked = both([
      passing,
      ...(filter.after === undefined ? [] : [afterPosition(terms, filter.after)]),
    ]);
    const columns = terms.map(({ sql }, place) => `${sql} AS term${place}`).join(", ");
    const order = (of: (place: number, sql: string) => string) =>
      terms.map(({ sql, descending }, place) => of(place, sql) + (descending ? " DESC" : ""))
        .join(", ");
    return this.#sql.of(
      `SELECT json, CASE WHEN faults > 0 THEN base END AS base,
         CASE WHEN faults > 0 THEN edits END AS edits, found.*${
        terms.map((_, place) => more(`term${place}`)).join("")
      } FROM
         (SELECT id AS found_id, ${columns} FROM tracker_issues
          ${whereOf(asked)} ORDER BY ${order((_, sql) => sql)} LIMIT ?)
         AS found JOIN tracker_issues ON id = found_id
       ORDER BY ${order((place) => `term${place}`)}`,
    ).all(...asked.values, filter.limit ?? -1);
  }
}

/** Selects the bytes of a term with a NUL, at which the text that is read of it ends. */
function wholeOf(term: string): string {
  return `, CASE WHEN instr(${term}, char(0)) > 0 THEN CAST(${term} AS BLOB) END AS ${term}_whole`;
}

/** Returns a term of a row as the database compares it. */
function termOf(row: Row, term: string): string | number {
  const whole = row[`${term}_whole`];
  if (whole instanceof Uint8Array) {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(whole);
  }
  const value = row[term];
  return typeof value === "string" ? value : optionalNumber(row, term) ?? 0;
}

const REFERENCE = "json_extract(json, '$.provider_metadata.external_ref')";

function searched({ text = "" }: IssueFilter): string {
  return text.trim();
}

function whereOf({ where }: Condition): string {
  return where === "" ? "" : ` WHERE ${where}`;
}

/** Returns the condition that an issue is in one of these rows; none for `null`. */
function among(rows: readonly number[] | null, filter: IssueFilter): Condition {
  if (rows === null) return { where: "", values: [] };
  return inRows(JSON.stringify(rows), rows.length, filter);
}

function inRows(json: string, count: number, { limit }: IssueFilter): Condition {
  // A plus keeps SQLite from beginning with the rows: it takes the issues in their order until the page is full.
  const row = count >= MANY && limit !== undefined ? "+rowid" : "rowid";
  return { where: `${row} IN (SELECT value FROM json_each(?))`, values: [json] };
}
