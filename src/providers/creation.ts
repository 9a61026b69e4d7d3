import { blankIssue } from "../contract/issue.ts";
import { patchedIssue } from "../contract/patch.ts";
import type { IssueChange } from "./provider.ts";
import type { RemoteCreation } from "./remote.ts";

/** Pages of the newest issues that are looked through for one that was created. */
const PAGES_LOOKED_THROUGH = 10;

/** A new issue before it is written. */
export const BEFORE_CREATION = {
  status: "todo",
  type: "task",
  priority: 0,
  labels: [],
  hiddenLabels: [],
  assignees: [],
} as const;

/** Returns what a new issue is to be, its sets given whole. */
export function wantedOf({ fields }: RemoteCreation): IssueChange {
  const { labels_add: _l, labels_remove: _m, assignees_add: _a, assignees_remove: _b, ...rest } =
    fields;
  const blank = blankIssue({ system: "new", workspace: "new", id: "new" }, "1970-01-01T00:00:00Z");
  const { labels, assignees } = patchedIssue(blank, fields);
  return { ...rest, labels, assignees };
}

/** A page of the newest issues, the newest first. */
export interface NewestPage<T, N> {
  readonly entries: readonly T[];
  /** Where the next page begins; `null` at the end. */
  readonly next: N | null;
}

/** Finds an issue on one of the first pages of the newest ones; `pageAt` is given `null` for the first. */
export async function findAmongNewest<T, N>(
  pageAt: (next: N | null) => Promise<NewestPage<T, N>>,
  isIt: (issue: T) => boolean,
): Promise<T | null> {
  let next: N | null = null;
  for (let page = 0; page < PAGES_LOOKED_THROUGH; page++) {
    const newest: NewestPage<T, N> = await pageAt(next);
    const found = newest.entries.find(isIt);
    if (found !== undefined) return found;
    ({ next } = newest);
    if (next === null) return null;
  }
  return null;
}

/** Which numbers a new issue is looked for under. */
export interface Numbers {
  /** The number of the newest issue that is listed; 0 for none. */
  readonly after: number;
  /** How many are tried. */
  readonly tried: number;
  /** How many in a row may be nothing's: issues that were deleted have theirs no more. */
  readonly missing: number;
}

/**
 * Finds an issue by its number among those after the newest one that is listed: lists show a new issue late, its own
 * number does not. `read` returns `null` for a number that nothing had so far.
 */
export async function findNumbered<T>(
  { after, tried, missing }: Numbers,
  read: (number: number) => Promise<T | "deleted" | null>,
  isIt: (issue: T) => boolean,
): Promise<T | null> {
  let passed = 0;
  for (let number = after + 1; number <= after + tried && passed < missing; number++) {
    const issue = await read(number);
    if (issue !== null && issue !== "deleted" && isIt(issue)) return issue;
    passed = issue === null ? passed + 1 : 0;
  }
  return null;
}
