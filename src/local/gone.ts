import type { SyncContext } from "./engine.ts";
import type { PullProgress } from "./pull_progress.ts";
import type { SyncEvent } from "./sync_report.ts";

/**
 * Removes the issues that a whole listing does not have any more; answers what it did, to be told once
 * it is stored. A listing that is not known to be whole removes nothing.
 */
export function removeGone(context: SyncContext, progress: PullProgress): SyncEvent[] {
  const { store } = context;
  if (!progress.isWhole) return [];
  const gone = [...store.issues.ids()].filter((id) => !progress.seen.has(id))
    .map((id) => store.issues.require(id))
    // What was made here and is not all there yet is left to the push that makes it.
    .filter(({ issue, base }) => base !== null && !store.issues.isUnfinished(issue.ref.id));
  // It is more likely that the tool looked in another place.
  if (progress.seen.size === 0 && gone.length > 0) {
    return [{ kind: "failed", ...progress.failListing(emptyListing(gone.length)) }];
  }
  return gone.map(({ issue, editedAt }) => {
    const { ref: { id }, title } = issue;
    if (editedAt === null) {
      store.issues.remove(id);
      return { kind: "removed", id, title };
    }
    const failure = progress.fail({
      id,
      title,
      code: "issue_gone",
      message: "The tracker does not have this issue any more; edits made here were not pushed",
    }, Infinity);
    return { kind: "failed", ...failure };
  });
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
