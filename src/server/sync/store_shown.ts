import { isDateTime } from "../../contract/field.ts";
import type { NormalizedIssue } from "../../contract/issue.ts";
import { ProviderError } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { lockResource } from "../store/locks.ts";
import { type StoredForm, storedForm } from "../store/issues.ts";
import { storeIssues } from "../store/issue_pages.ts";
import { knownAmong, type KnownIssue } from "../store/known_issues.ts";
import { storedJson } from "../store/row.ts";
import { noteRemoval, removeIssue } from "../store/tombstones.ts";

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
  /** Whether a list showed it, which may lag behind what the provider says of an issue that is asked for by itself. */
  readonly isListed: boolean;
}

/** What became of what a provider showed. */
export interface StoredShown {
  /** How many issues changed here. */
  readonly changes: number;
  /** Issues that have to be asked for once more; nothing was stored then. */
  readonly unsure: readonly string[];
}

/**
 * Stores what a provider showed, where it differs. Of what was shown twice, the newest counts, and of that the last. Stores
 * nothing where the host cannot tell which is newer, what was shown or what was stored meanwhile; of such issues it keeps
 * what it has when `isFinal`. Runs inside the caller's transaction, which holds the resource from then on.
 */
export async function storeShown(
  context: TransactionContext,
  resourceId: string,
  shown: readonly Shown[],
  { isFinal }: { readonly isFinal: boolean },
): Promise<StoredShown> {
  const { store } = context;
  const at = context.now();
  const last = lastShown(shown);
  await lockResource(store, resourceId);
  const known = await knownAmong(store, resourceId, [...last.keys()]);
  const newest: StoredForm[] = [];
  const removed: string[] = [];
  const absent: string[] = [];
  const unsure: string[] = [];
  for (const [id, one] of last) {
    const here = known.get(id);
    const standing = standingOf(one, here, at);
    if (standing === "unsure") unsure.push(id);
    if (standing !== "newer") continue;
    if (one.issue !== null) newest.push(one.issue);
    else if (here !== undefined) removed.push(id);
    else if (!one.isListed) absent.push(id);
  }
  if (unsure.length > 0 && !isFinal) return { changes: 0, unsure };
  const { clock } = context.platform;
  const pause = () => clock.sleep(0);
  let changes = await storeIssues(store, resourceId, { issues: newest, known, at, pause });
  for (const id of removed) if (await removeIssue(store, resourceId, id, at)) changes++;
  // A list that was read before may still bring it.
  for (const id of absent) await noteRemoval(store, resourceId, id, at);
  return { changes, unsure: [] };
}

/** An issue as it was shown last; `null` when that it is gone. */
export interface LastShown extends Pick<Shown, "mark" | "isListed"> {
  readonly issue: StoredForm | null;
}

function lastShown(shown: readonly Shown[]): ReadonlyMap<string, LastShown> {
  const last = new Map<string, LastShown>();
  for (const { issues, removed, mark, isListed } of shown) {
    for (const issue of issues) {
      const before = last.get(issue.id)?.issue ?? null;
      if (before === null || issue.updatedMs >= before.updatedMs) {
        last.set(issue.id, { issue, mark, isListed });
      }
    }
    for (const id of removed) last.set(id, { issue: null, mark, isListed });
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

/** How what a provider showed of an issue stands to what the host has. */
export type Standing = "newer" | "same" | "older" | "unsure";

/**
 * Returns how what was shown of an issue stands to what the host has. Of two that were stored and shown at once only the
 * time of the issue may tell, which some changes do not move; a removal has none.
 */
export function standingOf(
  { issue, mark, isListed }: LastShown,
  known: KnownIssue | undefined,
  at: number,
): Standing {
  if (known === undefined) return "newer";
  const isSince = known.change > mark;
  if (issue === null) return known.json === null ? "same" : isSince ? "unsure" : "newer";
  if (known.json === null) return isSince || isListed ? "unsure" : "newer";
  if (known.json === issue.json) return "same";
  const had = updatedIn(known.json);
  // A wrong clock has made it.
  if (had > at + CLOCKS_DIFFER_MS) return "newer";
  if (issue.updatedMs !== had) return issue.updatedMs < had ? "older" : "newer";
  return isSince ? "unsure" : "newer";
}

/** Returns when a stored issue was updated; what does not say so, or is damaged, is older than anything. */
function updatedIn(json: string): number {
  const updated = storedJson(json)?.["updated_at"];
  return typeof updated === "string" ? Date.parse(updated) : Number.NEGATIVE_INFINITY;
}
