import type { NormalizedIssue } from "../contract/issue.ts";
import type { StoredIssue } from "../store/issues.ts";
import { absorb } from "../sync/absorb.ts";
import type { SyncContext } from "./engine.ts";
import type { PullProgress } from "./pull_progress.ts";
import { renamedIssues } from "./renamed.ts";
import { takeAway } from "../sync/gone_issues.ts";
import type { SyncEvent } from "../sync/sync_report.ts";

/**
 * Removes the issues that a whole listing does not have any more; answers what it did, to be told once
 * it is stored. A listing that is not known to be whole removes nothing.
 */
export function removeGone(context: SyncContext, progress: PullProgress): SyncEvent[] {
  const { store } = context;
  if (!progress.isWhole) return [];
  const gone = [...store.issues.ids()].filter((id) => !progress.seen.has(id))
    .map((id) => store.issues.require(id))
    // What was made here and is not there yet is left to the push that makes it.
    .filter(({ base }) => base !== null);
  // It is more likely that the tool looked in another place.
  if (progress.seen.size === 0 && gone.length > 0) {
    return [{ kind: "failed", ...progress.failListing(emptyListing(gone.length)) }];
  }
  const arrived = gone.length === 0 ? [] : progress.arrived.flatMap((id) => store.get(id) ?? []);
  const renamed = renamedIssues(gone, arrived);
  return gone.flatMap((stored): SyncEvent[] => {
    const { id } = stored.issue.ref;
    const now = renamed.get(id);
    if (now !== undefined) return follow(context, progress, stored, now);
    const outcome = takeAway(store, id, context.clock.now());
    if (outcome.kind === "removed") return [outcome];
    if (outcome.kind !== "kept") return [];
    const { kind: _, ...failure } = outcome;
    return [{ kind: "failed", ...progress.fail(failure, Infinity) }];
  });
}

/** Moves what is known of an issue to the id that the tool has given it; the old one still finds it. */
function follow(
  context: SyncContext,
  progress: PullProgress,
  old: StoredIssue,
  theirs: NormalizedIssue,
): SyncEvent[] {
  const { store } = context;
  const { id } = old.issue.ref;
  const events: SyncEvent[] = [{ kind: "removed", id, title: old.issue.title }];
  store.conflicts.rename(id, theirs.ref.id);
  const { stored } = absorb(
    {
      ...context,
      side: context.connector,
      now: context.clock.now(),
      readAt: progress.startedAt,
      onEvent: (event) => events.push(event),
    },
    old,
    theirs,
  );
  store.issues.adopt(id, stored);
  return events;
}

/** What is told of a listing that says itself that it is not the whole one. */
export function cutOffListing(why: string): { readonly code: string; readonly message: string } {
  return {
    code: "listing_cut_off",
    message: `The tool's list of issues is cut off: ${why}. No issue was removed here`,
  };
}

function emptyListing(known: number): { readonly code: string; readonly message: string } {
  const there = known === 1 ? "an issue was" : `${known} issues were`;
  return {
    code: "listing_empty",
    message: `The tool lists no issue, though ${there} there before. No issue was removed here; ` +
      "if the tool was emptied on purpose, bind with a new `--workspace` name",
  };
}
