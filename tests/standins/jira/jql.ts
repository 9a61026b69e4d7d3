import type { FakeIssue } from "./state.ts";

const MINUTE_MS = 60_000;

/** A query as this Jira understands it. */
export interface Query {
  /** Ids that it names: each has to be there. */
  readonly named: readonly string[];
  matches(issue: FakeIssue): boolean;
  compare(one: FakeIssue, other: FakeIssue): number;
}

/** What a query is judged with. */
export interface QueryContext {
  readonly accountId: string;
  /** Minutes by which the credential's owner is ahead of UTC. */
  readonly zoneMinutes: number;
}

/**
 * Reads the part of JQL that is asked here. Times are compared by whole minutes, and text is a time in the zone of the
 * credential's owner, as at Jira. Returns what is wrong with anything else.
 */
export function readJql(jql: string, context: QueryContext): Query | string {
  const [where = "", order = ""] = jql.split(/ ?ORDER BY /);
  if (where === "") {
    return "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";
  }
  const tests: ((issue: FakeIssue) => boolean)[] = [];
  for (const clause of where.split(" AND ")) {
    const test = readClause(clause, context);
    if (test === null) return `Error in the JQL Query: '${clause}' is not understood.`;
    tests.push(test);
  }
  const comparisons: Query["compare"][] = [];
  for (const part of order === "" ? [] : order.split(", ")) {
    const [, name = "", direction = ""] = /^(updated|created|key) (ASC|DESC)$/.exec(part) ?? [];
    const value = ORDERS[name];
    if (value === undefined) return `Error in the JQL Query: no order by '${part}'.`;
    const sign = direction === "ASC" ? 1 : -1;
    comparisons.push((one, other) => sign * (value(one) - value(other)));
  }
  return {
    named: [.../\bid in \(([\d, ]+)\)/.exec(where)?.[1]?.split(", ") ?? []],
    matches: (issue) => tests.every((test) => test(issue)),
    compare: (one, other) =>
      comparisons.reduce((so, compare) => so === 0 ? compare(one, other) : so, 0),
  };
}

const ORDERS: Readonly<Record<string, (issue: FakeIssue) => number>> = {
  // The index knows minutes.
  updated: ({ updatedAt }) => minuteOf(updatedAt),
  created: ({ createdAt }) => createdAt,
  key: ({ number }) => number,
};

function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

function readClause(
  clause: string,
  { accountId, zoneMinutes }: QueryContext,
): ((issue: FakeIssue) => boolean) | null {
  const project = /^project = (\d+)$/.exec(clause)?.[1];
  if (project !== undefined) return ({ projectId }) => projectId === project;
  const ids = /^id in \((\d+(?:, \d+)*)\)$/.exec(clause)?.[1];
  if (ids !== undefined) {
    const wanted = new Set(ids.split(", "));
    return ({ id }) => wanted.has(id);
  }
  if (clause === "creator = currentUser()") return ({ creator }) => creator === accountId;
  const label = /^labels = "([^"]+)"$/.exec(clause)?.[1];
  if (label !== undefined) return ({ labels }) => labels.includes(label);
  const [, sign = "", value = ""] = /^updated (>=|<) (\d+|"[^"]+")$/.exec(clause) ?? [];
  const at = value.startsWith('"') ? localTime(value.slice(1, -1), zoneMinutes) : Number(value);
  if (sign === "" || Number.isNaN(at)) return null;
  return sign === ">="
    ? ({ updatedAt }) => minuteOf(updatedAt) >= minuteOf(at)
    : ({ updatedAt }) => minuteOf(updatedAt) < minuteOf(at);
}

function localTime(text: string, zoneMinutes: number): number {
  return Date.parse(`${text.replace(" ", "T")}:00Z`) - zoneMinutes * MINUTE_MS;
}
