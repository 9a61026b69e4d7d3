import { DateTimeSchema } from "../../contract/field.ts";
import type { NormalizedIssue } from "../../contract/issue.ts";
import { parseWith } from "../../contract/parse.ts";
import { ProviderError } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { lockResource } from "../store/locks.ts";
import { storeIssues } from "../store/issue_pages.ts";
import { knownAmong, type KnownIssue } from "../store/known_issues.ts";
import { storedJson } from "../store/row.ts";
import { removeIssue } from "../store/tombstones.ts";

/** Milliseconds by which the clock of a provider may differ from ours. */
export const CLOCKS_DIFFER_MS: number = 24 * 60 * 60_000;

/** What a provider showed of a resource. */
export interface Shown {
  readonly issues: readonly NormalizedIssue[];
  /** Ids of issues that are gone. */
  readonly removed: readonly string[];
  /**
   * The last change in the host before the provider was asked: what was stored after it, such as by a delivery, may be
   * newer than what the provider showed.
   */
  readonly mark: number;
}

/**
 * Stores what a provider showed, where it differs; returns how many issues changed here. Runs inside the caller's
 * transaction, which holds the resource from then on.
 *
 * @throws {ProviderError} `failing` for an issue without a valid time: no client could read it.
 */
export async function storeShown(
  context: TransactionContext,
  resourceId: string,
  { issues, removed, mark }: Shown,
): Promise<number> {
  const { store } = context;
  const at = context.now();
  for (const issue of issues) requireTimes(issue);
  await lockResource(store, resourceId);
  const ids = [...issues.map(({ ref }) => ref.id), ...removed];
  const known = await knownAmong(store, resourceId, ids);
  // A page that shows an issue twice has it last as it is.
  const newest = new Map(
    issues.filter((issue) => !isOlder(issue, known.get(issue.ref.id), { mark, at }))
      .map((issue) => [issue.ref.id, issue]),
  );
  let changes = await storeIssues(store, resourceId, { issues: [...newest.values()], known, at });
  for (const id of removed) {
    const here = known.get(id);
    if (here === undefined || here.json === null || here.change > mark) continue;
    if (await removeIssue(store, resourceId, id, at)) changes++;
  }
  return changes;
}

function requireTimes({ ref, created_at, updated_at }: NormalizedIssue): void {
  const isSound = [created_at, updated_at].every((time) => parseWith(DateTimeSchema, time).ok);
  if (isSound) return;
  const words = `The provider shows the issue "${ref.key ?? ref.id}" with an invalid time`;
  throw new ProviderError({ kind: "failing" }, words);
}

/** Returns whether what the host has of an issue may be newer than what the provider showed. */
function isOlder(
  shown: NormalizedIssue,
  known: KnownIssue | undefined,
  { mark, at }: { readonly mark: number; readonly at: number },
): boolean {
  if (known === undefined) return false;
  const isSince = known.change > mark;
  if (known.json === null) return isSince;
  const had = updatedIn(known.json);
  // A wrong clock has made it.
  if (had > at + CLOCKS_DIFFER_MS) return false;
  const has = Date.parse(shown.updated_at);
  return has < had || (isSince && has === had);
}

/** Returns when a stored issue was updated; what does not say so, or is damaged, is older than anything. */
function updatedIn(json: string): number {
  const updated = storedJson(json)?.["updated_at"];
  return typeof updated === "string" ? Date.parse(updated) : Number.NEGATIVE_INFINITY;
}
