import { isDateTime } from "../../contract/field.ts";
import type { NormalizedIssue } from "../../contract/issue.ts";
import { ProviderError } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { lockResource } from "../store/locks.ts";
import { type StoredForm, storedForm } from "../store/issues.ts";
import { storeIssues } from "../store/issue_pages.ts";
import { knownAmong, type KnownIssue } from "../store/known_issues.ts";
import { storedJson } from "../store/row.ts";
import { removeIssue } from "../store/tombstones.ts";

/** Milliseconds by which the clock of a provider may differ from ours. */
export const CLOCKS_DIFFER_MS: number = 24 * 60 * 60_000;

/** What a provider showed of a resource. */
export interface Shown {
  readonly issues: readonly StoredForm[];
  /** Ids of issues that are gone. */
  readonly removed: readonly string[];
  /**
   * The last change in the host before the provider was asked: what was stored after it, such as by a delivery, may be
   * newer than what the provider showed.
   */
  readonly mark: number;
}

/**
 * Stores what a provider showed, where it differs; returns how many issues changed here. Of what was shown twice, the
 * newest counts, and of that the last. Runs inside the caller's transaction, which holds the resource from then on.
 */
export async function storeShown(
  context: TransactionContext,
  resourceId: string,
  ...shown: readonly Shown[]
): Promise<number> {
  const { store } = context;
  const at = context.now();
  const last = lastShown(shown);
  await lockResource(store, resourceId);
  const known = await knownAmong(store, resourceId, [...last.keys()]);
  const newest: StoredForm[] = [];
  const removed: string[] = [];
  for (const [id, { issue, mark }] of last) {
    const here = known.get(id);
    if (issue !== null) {
      if (!isOlder(issue, here, { mark, at })) newest.push(issue);
    } else if (here !== undefined && here.json !== null && here.change <= mark) removed.push(id);
  }
  let changes = await storeIssues(store, resourceId, { issues: newest, known, at });
  for (const id of removed) if (await removeIssue(store, resourceId, id, at)) changes++;
  return changes;
}

/** An issue as it was shown last; `null` when that it is gone. */
interface LastShown {
  readonly issue: StoredForm | null;
  readonly mark: number;
}

function lastShown(shown: readonly Shown[]): ReadonlyMap<string, LastShown> {
  const last = new Map<string, LastShown>();
  for (const { issues, removed, mark } of shown) {
    for (const issue of issues) {
      const before = last.get(issue.id)?.issue ?? null;
      if (before === null || issue.updatedMs >= before.updatedMs) {
        last.set(issue.id, { issue, mark });
      }
    }
    for (const id of removed) last.set(id, { issue: null, mark });
  }
  return last;
}

/**
 * Returns what is stored of issues that a provider shows.
 *
 * @throws {ProviderError} `failing` for an issue without a valid time: no client could read it.
 */
export function shownForms(issues: readonly NormalizedIssue[]): readonly StoredForm[] {
  return issues.map((issue) => {
    const { ref, created_at, updated_at } = issue;
    if (isDateTime(created_at) && isDateTime(updated_at)) return storedForm(issue);
    const words = `The provider shows the issue "${ref.key ?? ref.id}" with an invalid time`;
    throw new ProviderError({ kind: "failing" }, words);
  });
}

/** Returns whether what the host has of an issue may be newer than what the provider showed. */
function isOlder(
  shown: StoredForm,
  known: KnownIssue | undefined,
  { mark, at }: { readonly mark: number; readonly at: number },
): boolean {
  if (known === undefined) return false;
  const isSince = known.change > mark;
  if (known.json === null) return isSince;
  const had = updatedIn(known.json);
  // A wrong clock has made it.
  if (had > at + CLOCKS_DIFFER_MS) return false;
  const has = shown.updatedMs;
  return has < had || (isSince && has === had);
}

/** Returns when a stored issue was updated; what does not say so, or is damaged, is older than anything. */
function updatedIn(json: string): number {
  const updated = storedJson(json)?.["updated_at"];
  return typeof updated === "string" ? Date.parse(updated) : Number.NEGATIVE_INFINITY;
}
