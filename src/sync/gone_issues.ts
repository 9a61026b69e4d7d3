import type { ExternalRef } from "../contract/issue.ts";
import { commandWord } from "../platform/command_word.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { type FieldEdits, withFault, withoutFaults } from "../store/edits.ts";
import { removeIssue } from "./lost_values.ts";
import { GONE, type IssueName } from "./sync_report.ts";
import type { SyncStore } from "./store.ts";

/** What became of an issue that the other side does not have any more. */
export type GoneOutcome =
  /** It is not here, or it was made here and is not at the other side yet. */
  | { readonly kind: "left" }
  /** It was taken out of the cache. */
  | ({ readonly kind: "removed" } & IssueName)
  /** It is kept for its edits, and is to be told with the way out. */
  | ({ readonly kind: "kept"; readonly code: string; readonly message: string } & IssueName)
  /** It is kept, as was told before. */
  | { readonly kind: "known" };

/**
 * Takes an issue out of the cache that the other side does not have any more. One with edits is kept and marked,
 * and is no longer sent; that is told once. Runs inside the caller's transaction.
 */
export function takeAway(store: SyncStore, id: string, now: number): GoneOutcome {
  const { issues } = store;
  const stored = issues.load(id);
  if (stored === null || stored.base === null) return { kind: "left" };
  const { issue: { ref, title }, edits } = stored;
  if (Object.keys(edits).length === 0) {
    removeIssue({ store, now }, id);
    return { kind: "removed", id, title };
  }
  if (isGone(edits)) return { kind: "known" };
  issues.put({ ...stored, edits: withFault(edits, Object.keys(edits), { ...GONE, at: now }) });
  return { kind: "kept", id, title, ...withWayOut(ref) };
}

/** Marks an issue that a write or a reading of this one issue did not find, and returns the failure. */
export function goneError(store: SyncStore, id: string, now: number): TrackerError {
  return store.transaction(() => {
    const { ref } = store.issues.require(id).issue;
    takeAway(store, id, now);
    return new TrackerError(withWayOut(ref));
  });
}

/** Lets the edits of an issue that was gone and is back be sent again. */
export function comeBack({ issues }: SyncStore, id: string): void {
  const stored = issues.load(id);
  if (stored === null || !isGone(stored.edits)) return;
  issues.put({ ...stored, edits: withoutFaults(stored.edits) });
}

/** Whether the other side does not have the issue of these edits any more. */
export function isGone(edits: FieldEdits): boolean {
  return Object.values(edits).some(({ fault }) => fault?.code === GONE.code);
}

/** Returns how an issue fails that the other side does not have any more, with what can be done. */
export function withWayOut(
  { id, key }: ExternalRef,
): { readonly code: string; readonly message: string } {
  const word = commandWord(key ?? id);
  return {
    code: GONE.code,
    message:
      `${GONE.message}. Drop them with \`tracker issue discard ${word}\`, or create the issue again with ` +
      `\`tracker issue create --from ${word}\``,
  };
}
