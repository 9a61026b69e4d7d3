import type { NormalizedIssue } from "../contract/issue.ts";
import { parseWith } from "../contract/parse.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { StoredIssue } from "../store/issues.ts";
import type { FieldChange, SyncEvent } from "./sync_report.ts";
import {
  type FieldPatch,
  FieldPatchSchema,
  fieldsOf,
  type FieldValues,
  patchedFields,
  withFields,
} from "./fields.ts";
import { merge, type MergeConflict } from "./merge.ts";
import { everyField, type Ownership, type Strategy } from "./ownership.ts";

/** What a sync works with. */
export interface SyncRules {
  readonly ownership: Ownership;
  readonly strategy: Strategy;
}

/** What has to be known to take in the tracker's version of an issue. */
export interface AbsorbContext {
  readonly store: IssueStore;
  readonly rules: SyncRules;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Told of each conflict. */
  readonly onEvent: (event: SyncEvent) => void;
}

/** What taking in a version came to. */
export interface Absorbed {
  readonly stored: StoredIssue;
  /** What changed on our side. */
  readonly changes: readonly FieldChange[];
}

/**
 * Merges the version of an issue that the tracker has now into ours, and records the conflicts. The
 * caller stores the result, in the same transaction.
 */
export function absorb(
  context: AbsorbContext,
  stored: StoredIssue,
  theirs: NormalizedIssue,
): Absorbed {
  const { store, rules, now } = context;
  const id = theirs.ref.id;
  const ours = fieldsOf(stored.issue);
  const open = store.conflicts.open(id);
  const base = stored.base === null ? null : { ...fieldsOf(stored.base), ...valuesBefore(open) };
  const merged = merge(
    base,
    ours,
    fieldsOf(theirs),
    // What was made here is ours until all of it has been written once.
    store.issues.isUnfinished(id) ? everyField("spec_kitty") : rules.ownership,
    rules.strategy,
    { oursEditedAt: stored.editedAt, theirsUpdatedAt: Date.parse(theirs.updated_at) },
  );
  for (const conflict of merged.conflicts) {
    if (open.some((known) => saysTheSame(known, conflict))) continue;
    store.conflicts.record({ issueId: id, ...conflict }, now);
    const { field, taken } = conflict;
    context.onEvent({
      kind: "conflict",
      id,
      title: theirs.title,
      field,
      ours: conflict.ours,
      theirs: conflict.theirs,
      taken,
    });
  }
  for (const conflict of open) {
    const stillMet = merged.conflicts.some(({ field }) => field === conflict.field);
    if (!stillMet) store.conflicts.close(conflict.id, "agreed", now);
  }
  return {
    stored: {
      issue: withFields(theirs, merged.result),
      base: theirs,
      editedAt: stored.editedAt,
    },
    changes: changesOf(merged.patchOurs, ours),
  };
}

/** A conflict that still waits for a decision is told once. */
function saysTheSame(known: StoredConflict, conflict: MergeConflict): boolean {
  return known.field === conflict.field && conflict.taken === null &&
    JSON.stringify([known.ours, known.theirs]) ===
      JSON.stringify([conflict.ours, conflict.theirs]);
}

/** The changes a patch makes to some values. */
export function changesOf(patch: FieldPatch, before: FieldValues): FieldChange[] {
  return patchedFields(patch).map((field) => ({
    field,
    from: before[field],
    to: patch[field],
  }));
}

/**
 * The base of a field that waits for a decision is the value from before the conflict; what the store
 * keeps as base is the version last seen.
 */
function valuesBefore(open: readonly StoredConflict[]): FieldPatch {
  const values = Object.fromEntries(open.map(({ field, base }) => [field, base]));
  const parsed = parseWith(FieldPatchSchema, values);
  return parsed.ok ? parsed.value : {};
}
