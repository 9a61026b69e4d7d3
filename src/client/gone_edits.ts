import type { ExternalRef } from "../contract/issue.ts";
import { type FieldEdits, withFault, withoutFaults } from "../store/edits.ts";
import type { SyncStore } from "../sync/store.ts";
import { GONE } from "../sync/sync_report.ts";

/**
 * Marks the edits of issues that the host does not have any more: they are not sent. Returns those that were not marked
 * before. Runs inside the caller's transaction.
 */
export function markGone(
  { issues }: Pick<SyncStore, "issues">,
  refs: readonly ExternalRef[],
  now: number,
): readonly ExternalRef[] {
  return refs.filter(({ id }) => {
    const stored = issues.load(id);
    if (stored === null || isGone(stored.edits)) return false;
    const { edits } = stored;
    issues.put({ ...stored, edits: withFault(edits, Object.keys(edits), { ...GONE, at: now }) });
    return true;
  });
}

/** Lets the edits of an issue that was gone and is back be sent again. */
export function cameBack({ issues }: Pick<SyncStore, "issues">, id: string): void {
  const stored = issues.require(id);
  if (isGone(stored.edits)) issues.put({ ...stored, edits: withoutFaults(stored.edits) });
}

function isGone(edits: FieldEdits): boolean {
  return Object.values(edits).some(({ fault }) => fault?.code === GONE.code);
}
