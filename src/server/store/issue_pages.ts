import type { Pause } from "../../platform/pauses.ts";
import { insertRows } from "./insert.ts";
import { countChanges } from "./issue_counts.ts";
import { replacing, rowOf, type StoredForm, takeChanges } from "./issues.ts";
import { forgetRemovals, type KnownIssue } from "./known_issues.ts";
import type { Transaction } from "./store.ts";

/** Issues to store at once. */
export interface IssuePage {
  /** Each with an id of its own. */
  readonly issues: readonly StoredForm[];
  /** What the host has of them, read in the same transaction. */
  readonly known: ReadonlyMap<string, KnownIssue>;
  /** When those that were removed come back, in milliseconds since 1970. */
  readonly at: number;
  /** Lets others have their turn. */
  readonly pause?: Pause;
}

/**
 * Stores many issues of a locked resource, as one by one would, and asks little for that; returns how many are new or have
 * changed. They need not be told to the provider.
 */
export async function storeIssues(
  tx: Transaction,
  resourceId: string,
  { issues, known, at, pause }: IssuePage,
): Promise<number> {
  const changed = issues.flatMap((issue) => {
    const here = known.get(issue.id);
    return here?.json === issue.json ? [] : [{ issue, here }];
  });
  if (changed.length === 0) return 0;
  const first = await takeChanges(tx, resourceId, changed.length) - changed.length + 1;
  const counts = new Map<string, number>();
  const count = (status: string, more: number) =>
    counts.set(status, (counts.get(status) ?? 0) + more);
  const back: string[] = [];
  const added: ReturnType<typeof rowOf>[] = [];
  const replaced: ReturnType<typeof rowOf>[] = [];
  for (const [index, { issue, here }] of changed.entries()) {
    const isBack = here !== undefined && here.json === null;
    if (isBack) back.push(issue.id);
    if (here?.status != null) count(here.status, -1);
    count(issue.status, 1);
    const before = isBack ? here.version : null;
    const change = first + index;
    const row = rowOf(resourceId, issue, { change, before, undelivered: false, at });
    if (here === undefined || isBack) added.push(row);
    else replaced.push(row);
  }
  await forgetRemovals(tx, resourceId, back);
  await insertRows(tx, "issues", added, { conflict: replacing(tx, true), pause });
  await insertRows(tx, "issues", replaced, { conflict: replacing(tx, false), pause });
  await countChanges(tx, resourceId, counts);
  return changed.length;
}
