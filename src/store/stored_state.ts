import { IssueStore } from "./issue_store.ts";
import type { KeptPlatform } from "./kept_state.ts";

/**
 * Returns all that a cache holds, as data: issues with the version last seen at the tracker and the edits that wait,
 * conflicts, mappings, former ids, requests without an answer, where the next pull continues, and past syncs.
 *
 * @throws {TrackerError} `database_unusable`, `database_newer`, `database_damaged`.
 */
export async function storedState(platform: KeptPlatform, path: string): Promise<object> {
  // A copy is of one moment, also while others write.
  using store = await IssueStore.openCopy(platform, path);
  return {
    issues: store.issues.all().map(({ issue, base, edits, seenAt }) => ({
      issue,
      // The same as the issue, unless edits wait.
      seen: Object.keys(edits).length === 0 && base !== null ? undefined : base,
      edits,
      seen_at: timeOf(seenAt),
    })),
    conflicts: store.conflicts.list().map((conflict) => ({
      id: conflict.id,
      issue_id: conflict.issueId,
      field: conflict.field,
      reason: conflict.reason,
      base: conflict.base,
      ours: conflict.ours,
      theirs: conflict.theirs,
      times: {
        ours: timeOf(conflict.times.ours),
        theirs: timeOf(conflict.times.theirs),
        seen: timeOf(conflict.times.seen),
      },
      taken: conflict.taken,
      detected_at: timeOf(conflict.detectedAt),
      resolved_at: timeOf(conflict.resolvedAt),
    })),
    mappings: store.mappings.list(),
    former_ids: Object.fromEntries(store.issues.aliases()),
    unanswered: store.pushes.list(),
    checkpoint: store.checkpoint(),
    runs: store.runs.list(100),
  };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
