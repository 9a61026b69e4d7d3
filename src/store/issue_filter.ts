import type { IssueType, Priority, Status } from "../contract/issue.ts";
import { blankIssue, STATUSES } from "../contract/issue.ts";
import type { SqlParameter } from "./rows.ts";
import type { SortField } from "./sort_fields.ts";

/** How a list of issues is sorted; issues that are the same in it are sorted by their id. */
export interface IssueSort {
  /** By what. Statuses are sorted from `todo` to `canceled`, priorities from urgent to none, keys by their number. */
  readonly by: SortField;
  /** From the last one to the first. */
  readonly descending: boolean;
}

/** Which issues to list; a field left out is no restriction. */
export interface IssueFilter {
  /** Any of these statuses. */
  readonly status?: readonly Status[];
  /** Any of these types. */
  readonly issueType?: readonly IssueType[];
  /** Any of these priorities. */
  readonly priority?: readonly Priority[];
  /** Assigned to any of these names, in any case of its ASCII letters; an empty one stands for nobody. */
  readonly assignees?: readonly string[];
  /** With each of these labels, in any case of their ASCII letters. */
  readonly labels?: readonly string[];
  /** Parts of the issue with this id. */
  readonly parent?: string;
  /** Changed then or later (milliseconds since 1970). */
  readonly updatedSince?: number;
  /** Found in title, body, id or key, in any case. */
  readonly text?: string;
  /** At most this many. */
  readonly limit?: number;
  /** Last changed first unless given. */
  readonly sort?: IssueSort;
  /** What {@link positionOf} returned for the last issue of the page before, in a list with the same `sort`. */
  readonly after?: Position;
}

/** A condition in SQL with its values. */
export interface Condition {
  readonly where: string;
  readonly values: readonly SqlParameter[];
}

/** Where an issue stands in a sorted list: the values it is sorted by, and its id. */
export type Position = readonly (string | number)[];

/** Returns the restrictions of a filter, without its page, as a condition on `tracker_issues`. */
export function restriction(filter: IssueFilter): Condition {
  const parts: Condition[] = [
    ...oneOf("status", filter.status),
    ...oneOf("issue_type", filter.issueType),
    ...oneOf(valueOf("priority", "$.priority"), filter.priority),
    ...assigned(filter.assignees),
    ...(filter.labels ?? []).map((label) => ({
      where: `${anyOf("labels", "$.labels")} = ? COLLATE NOCASE)`,
      values: [label],
    })),
  ];
  if (filter.parent !== undefined) {
    parts.push({ where: `${valueOf("parent", "$.parent_ref.id")} = ?`, values: [filter.parent] });
  }
  if (filter.updatedSince !== undefined) {
    parts.push({ where: "updated_at >= ?", values: [filter.updatedSince] });
  }
  const text = filter.text?.trim() ?? "";
  if (text !== "") {
    const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
    const like = (column: string) => `${column} LIKE ? ESCAPE '\\'`;
    const body = like("json_extract(json, '$.body')");
    // To look through the JSON takes a third of the time that it takes to read each body out of it.
    const where = rulesOutByJson(text)
      ? [...NAMES.map(like), `(${like("json")} AND ${body})`]
      : [...NAMES.map(like), body];
    const values = Array.from(where.join().matchAll(/\?/g), () => pattern);
    parts.push({ where: `(${where.join(" OR ")})`, values });
  }
  return both(parts);
}

const NAMES = ["title", "id", "key"];

/**
 * Returns whether a text is one or two characters, which no index has, that stand in the JSON of each body that has them,
 * and that not every issue has in the names there.
 */
function rulesOutByJson(text: string): boolean {
  return /^[ !#-[\]-~]{1,2}$/.test(text) && !IN_EVERY_JSON.includes(text.toLowerCase());
}

const IN_EVERY_JSON = JSON.stringify(
  blankIssue({ system: "", workspace: "", id: "", key: "", url: "https://" }, ""),
).toLowerCase();

/** Returns conditions joined into one. */
export function both(parts: readonly Condition[]): Condition {
  const given = parts.filter(({ where }) => where !== "");
  return {
    where: given.map(({ where }) => where).join(" AND "),
    values: given.flatMap(({ values }) => values),
  };
}

/** One of the expressions that a list is sorted by. */
interface Term {
  readonly sql: string;
  readonly descending: boolean;
}

/** Returns the expressions that a list is sorted by, the id last; each is neither NULL nor the same for two issues. */
export function sortTerms({ by, descending }: IssueSort = NEWEST_FIRST): readonly Term[] {
  return [...EXPRESSIONS[by].map((sql) => ({ sql, descending })), { sql: "id", descending: false }];
}

/** Returns what comes after a position in a list that is sorted so. */
export function afterPosition(terms: readonly Term[], position: Position): Condition {
  const parts: string[] = [];
  const values: SqlParameter[] = [];
  for (const [place, { sql, descending }] of terms.entries()) {
    const same = terms.slice(0, place).map((term) => `${term.sql} = ?`);
    parts.push(`(${[...same, `${sql} ${descending ? "<" : ">"} ?`].join(" AND ")})`);
    values.push(...position.slice(0, place + 1));
  }
  const [first] = terms;
  const [start] = position;
  if (first === undefined || start === undefined) return { where: "", values: [] };
  // The first expression alone tells an index where to begin.
  const { sql, descending } = first;
  return {
    where: `${sql} ${descending ? "<=" : ">="} ? AND (${parts.join(" OR ")})`,
    values: [start, ...values],
  };
}

/** The order of a list that asks for no other. */
export const NEWEST_FIRST: IssueSort = { by: "updated", descending: true };

/** The key or, without one, the id. */
const NAME = "coalesce(key, id)";
const WITHOUT_NUMBER = `rtrim(${NAME}, '0123456789')`;

const EXPRESSIONS: Readonly<Record<IssueSort["by"], readonly string[]>> = {
  key: [
    `lower(${WITHOUT_NUMBER})`,
    `CAST(substr(${NAME}, length(${WITHOUT_NUMBER}) + 1) AS INTEGER)`,
  ],
  title: ["lower(title)"],
  status: [
    `CASE status ${STATUSES.map((name, place) => `WHEN '${name}' THEN ${place}`).join(" ")} END`,
  ],
  // 0 is none, which comes after low (4).
  priority: [`CASE ${valueOf("priority", "$.priority")} WHEN 0 THEN 5
    ELSE ${valueOf("priority", "$.priority")} END`],
  updated: ["updated_at"],
  created: ["ifnull(unixepoch(json_extract(json, '$.created_at'), 'subsec'), 0)"],
};

/**
 * Our version of an issue, or that of the tracker where our edit of the field was refused. `json_each` has a column
 * `json` of its own, so that ours is named with its table.
 */
function versionOf(field: string): string {
  return `CASE WHEN faults > 0 AND json_extract(edits, '$.${field}.fault') IS NOT NULL
    AND base <> 'null' THEN base ELSE tracker_issues.json END`;
}

function valueOf(field: string, path: string): string {
  return `json_extract(${versionOf(field)}, '${path}')`;
}

/** Begins a condition on one value of a list, which `)` ends. */
function anyOf(field: string, path: string): string {
  return `EXISTS (SELECT 1 FROM json_each(${versionOf(field)}, '${path}') WHERE value`;
}

function oneOf(sql: string, wanted: readonly (string | number)[] | undefined): Condition[] {
  if (wanted === undefined || wanted.length === 0) return [];
  return [{ where: `${sql} IN (${wanted.map(() => "?").join(", ")})`, values: wanted }];
}

function assigned(names: readonly string[] | undefined): Condition[] {
  if (names === undefined || names.length === 0) return [];
  const known = names.filter((name) => name !== "");
  const parts = known.map(() => `${anyOf("assignees", "$.assignees")} = ? COLLATE NOCASE)`);
  if (known.length < names.length) {
    parts.push(`NOT ${anyOf("assignees", "$.assignees")} IS NOT NULL)`);
  }
  return [{ where: `(${parts.join(" OR ")})`, values: known }];
}

/** Returns a position as one word, which also tells the order of its list. */
export function positionMark(position: Position, sort: IssueSort = NEWEST_FIRST): string {
  const json = JSON.stringify([sort.by, sort.descending, ...position]);
  return new TextEncoder().encode(json).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Returns the position that a word of {@link positionMark} stands for; `null` for another word, or another order. */
export function markedPosition(mark: string, sort: IssueSort = NEWEST_FIRST): Position | null {
  try {
    const bytes = Uint8Array.fromBase64(mark, { alphabet: "base64url" });
    const json = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const parsed: unknown = JSON.parse(json);
    if (!Array.isArray(parsed)) return null;
    const [by, descending, ...position] = parsed;
    if (by !== sort.by || descending !== sort.descending) return null;
    if (position.length !== sortTerms(sort).length || !position.every(isSqlParameter)) return null;
    return position;
  } catch (error) {
    // What decoding and parsing throw at words that were not made here.
    if (error instanceof Error) return null;
    throw error;
  }
}

function isSqlParameter(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
