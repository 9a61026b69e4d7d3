import { invalid } from "./state.ts";

/** A thing with the fields that are filtered by; a field that is another thing has fields of its own. */
export type Filtered = Readonly<Record<string, unknown>>;

/** Returns whether a thing is what a filter of Linear wants; a comparison that is not known here fails the test. */
export function matches(filter: unknown, thing: Filtered | null): boolean {
  if (!isRecord(filter)) throw new Error("A filter is an object");
  return Object.entries(filter).every(([name, wanted]) => {
    if (name === "and" || name === "or") {
      if (!Array.isArray(wanted)) throw new Error(`"${name}" takes filters`);
      return name === "and"
        ? wanted.every((one) => matches(one, thing))
        : wanted.some((one) => matches(one, thing));
    }
    if (name === "null") return (thing === null) === wanted;
    if (thing === null) return false;
    if (!(name in thing)) throw new Error(`Nothing is filtered by "${name}" here`);
    const value = thing[name];
    if (value === null || isRecord(value)) return matches(wanted, value);
    return compares(wanted, value);
  });
}

function compares(comparison: unknown, value: unknown): boolean {
  if (!isRecord(comparison)) throw new Error("A comparison is an object");
  return Object.entries(comparison).every(([how, wanted]) => {
    switch (how) {
      case "eq":
        return value === wanted;
      case "in":
        return Array.isArray(wanted) && wanted.includes(value);
      case "eqIgnoreCase":
        return String(value).toLowerCase() === String(wanted).toLowerCase();
      case "gte":
        return timeOf(value) >= timeOf(wanted);
      case "lte":
        return timeOf(value) <= timeOf(wanted);
      default:
        throw new Error(`Nothing is compared by "${how}" here`);
    }
  });
}

function timeOf(value: unknown): number {
  const at = Date.parse(String(value));
  if (Number.isNaN(at)) throw invalid(`"${String(value)}" is no time`);
  return at;
}

/** The arguments of a list. */
export interface ListArguments {
  readonly first?: number;
  readonly after?: string | null;
  readonly filter?: unknown;
  readonly orderBy?: "createdAt" | "updatedAt";
  readonly includeArchived?: boolean;
}

/** An entry of a list. */
export interface Entry {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly archivedAt?: string | null;
}

/** Returns a page of a list, the newest first. */
export function connection<T extends Entry>(
  all: readonly T[],
  { first = 50, after, filter, orderBy = "createdAt", includeArchived = false }: ListArguments,
  filtered: (entry: T) => Filtered,
): object {
  if (first < 1 || first > 250) throw invalid(`A page holds 1 to 250 entries, not ${first}`);
  const timeOf = (entry: T) => orderBy === "updatedAt" ? entry.updatedAt ?? "" : entry.createdAt;
  const listed = all.filter((entry) =>
    (includeArchived || entry.archivedAt == null) &&
    (filter == null || matches(filter, filtered(entry)))
  ).sort((one, other) =>
    timeOf(one) === timeOf(other)
      ? one.id < other.id ? -1 : 1
      : timeOf(one) > timeOf(other)
      ? -1
      : 1
  );
  const from = after == null ? 0 : listed.findIndex(({ id }) => id === after) + 1;
  if (after != null && from === 0) throw invalid("The cursor is not in the list");
  const nodes = listed.slice(from, from + first);
  return {
    nodes,
    pageInfo: {
      hasNextPage: listed.length > from + first,
      hasPreviousPage: from > 0,
      startCursor: nodes[0]?.id ?? null,
      endCursor: nodes.at(-1)?.id ?? null,
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
