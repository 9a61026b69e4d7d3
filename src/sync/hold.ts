import type { NormalizedIssue } from "../contract/issue.ts";
import { fieldsOf, type FieldValues, sameValue, type SyncField } from "./fields.ts";
import type { SyncStore } from "./store.ts";
import type { SyncEvent } from "./sync_report.ts";

/** What holding fields works in. */
export interface HoldContext {
  readonly store: SyncStore;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Told of each conflict. */
  readonly onEvent: (event: SyncEvent) => void;
}

/** What is known of fields that the other side keeps changing. */
export interface HeldVersions {
  /** The values that the edits were made on. */
  readonly base: FieldValues;
  /** The other side's version as it was read last. */
  readonly theirs: NormalizedIssue;
  /** When the reading began that showed `base` (milliseconds since 1970). */
  readonly seenAt: number;
}

/**
 * Holds fields that the other side changed each time they were about to be written: neither side is overwritten
 * until somebody decides. A field on which both sides agree by now is not held.
 */
export function holdFields(
  { store, now, onEvent }: HoldContext,
  id: string,
  fields: readonly SyncField[],
  { base, theirs, seenAt }: HeldVersions,
): void {
  const values = fieldsOf(theirs);
  store.transaction(() => {
    const { issue, edits } = store.issues.require(id);
    const ours = fieldsOf(issue);
    const open = store.conflicts.open(id).map(({ field }) => field);
    for (const field of fields) {
      if (open.includes(field) || sameValue(field, ours[field], values[field])) continue;
      store.conflicts.record({
        issueId: id,
        field,
        reason: "both_changed",
        base: base[field],
        ours: ours[field],
        theirs: values[field],
        times: {
          ours: edits[field]?.at ?? null,
          theirs: Date.parse(theirs.updated_at),
          seen: seenAt,
        },
        taken: null,
      }, now);
      onEvent({
        kind: "conflict",
        id,
        title: theirs.title,
        field,
        ours: ours[field],
        theirs: values[field],
        taken: null,
      });
    }
  });
}
