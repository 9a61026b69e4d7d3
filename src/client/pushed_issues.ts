import { blankIssue, type NormalizedIssue } from "../contract/issue.ts";
import { patchedIssue } from "../contract/patch.ts";
import type { PushItem } from "../contract/push.ts";
import type { PushResult, PushResultItem } from "../contract/results.ts";
import { isoTime } from "../platform/clock.ts";
import type { IssueStore } from "../store/issue_store.ts";

/** What the cache knows of issues that were pushed. */
export interface PushedInCache {
  /** Cached issues that may show an older state than the host has. */
  readonly outdated: number;
}

/** Nothing is known to be outdated. */
export const NOTHING_KEPT: PushedInCache = { outdated: 0 };

/** A batch and its answer. */
export interface PushedBatch {
  readonly items: readonly PushItem[];
  readonly result: PushResult;
  /** It is the answer to an earlier sending. */
  readonly replayed: boolean;
  readonly now: number;
}

/**
 * Gives cached issues the state that the host says a push has brought them to. Where that is not known, the issue
 * stays as it was and is counted: after a replay, which tells of an earlier moment; after a create that found its issue
 * made before; and where edits of the issue wait here.
 */
export function keepPushed(store: IssueStore, batch: PushedBatch): PushedInCache {
  const answers = new AnswersByItem(batch.result.items);
  let outdated = 0;
  for (const item of batch.items) {
    const answer = answers.take(item);
    if (answer === null || answer.outcome === "failed") continue;
    if (!keepItem(store, item, answer, batch)) outdated++;
  }
  return { outdated };
}

/** Returns whether the cache is right about the issue; one that it does not have is no matter. */
function keepItem(
  store: IssueStore,
  item: PushItem,
  answer: PushResultItem,
  { replayed, now }: PushedBatch,
): boolean {
  const { outcome, remote_ref: remote } = answer;
  const version = versionAfter(item, answer);
  const stored = store.issues.find(remote?.id ?? item.ref.id);
  const isAsSent = !replayed && (item.action !== "create" || outcome === "created");
  if (stored !== null) {
    if (!isAsSent || stored.base !== stored.issue) return false;
    const issue = sent(stored.issue, item, version, outcome === "unchanged" ? null : now);
    store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
    store.listings.note([issue.ref.id]);
    return true;
  }
  if (item.action !== "create") return true;
  if (!isAsSent || remote === null) return false;
  store.putPage([sent(blankIssue(remote, isoTime(now)), item, version, now)]);
  return true;
}

/**
 * Returns the version that an issue has reached; `null` when the host may have made it of one that is newer than the
 * cached issue, which then keeps its version.
 */
function versionAfter(item: PushItem, { outcome, version }: PushResultItem): string | null {
  const isKnown = outcome === "created" || (outcome !== "unchanged" && item.base_version != null);
  return isKnown ? version : null;
}

/** Returns the issue as a push has left it. */
function sent(
  issue: NormalizedIssue,
  item: PushItem,
  version: string | null,
  now: number | null,
): NormalizedIssue {
  const patched = patchedIssue(issue, item.patch ?? {});
  const status = item.target_status ?? issue.status;
  const { status_name: _old, ...rest } = issue.provider_metadata;
  return {
    ...patched,
    status,
    updated_at: now === null
      ? issue.updated_at
      : isoTime(Math.max(now, Date.parse(issue.updated_at))),
    // The provider's own word for the old status goes with it.
    provider_metadata: status === issue.status ? issue.provider_metadata : rest,
    ...(version === null ? {} : { version }),
  };
}

/** Finds the answer to each item: a host may answer in another order, and one issue may be pushed twice. */
class AnswersByItem {
  readonly #answers = new Map<string, PushResultItem[]>();

  constructor(answers: readonly PushResultItem[]) {
    for (const answer of answers) {
      const name = nameOf(answer);
      const known = this.#answers.get(name);
      if (known === undefined) this.#answers.set(name, [answer]);
      else known.push(answer);
    }
  }

  take(item: PushItem): PushResultItem | null {
    return this.#answers.get(nameOf(item))?.shift() ?? null;
  }
}

function nameOf({ ref, action }: Pick<PushItem, "ref" | "action">): string {
  return `${action} ${ref.id}`;
}
