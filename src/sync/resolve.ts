import type { NormalizedIssue } from "../contract/issue.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import { type EditContext, editsAfter } from "./edits.ts";
import { ownedByTracker } from "./owned_by_tracker.ts";
import {
  type FieldPatch,
  fieldsOf,
  type FieldValues,
  pickFields,
  SYNC_FIELDS,
  type SyncField,
  valuesOf,
  withFields,
} from "./fields.ts";
import { isValue } from "./lost_values.ts";
import { unionOf } from "./sets.ts";
import { bothTexts } from "../contract/text_merge.ts";
import { pastTime } from "./times.ts";

/** What settling a conflict did. */
export type ResolveOutcome =
  | {
    readonly kind: "resolved";
    readonly conflict: StoredConflict;
    readonly issue: NormalizedIssue;
  }
  /** It had been settled this way before. */
  | { readonly kind: "unchanged"; readonly conflict: StoredConflict };

/** Which value settles a conflict; `both` has the members of both sets, or the lines of both texts, ours first. */
export type ConflictTake = "ours" | "theirs" | "base" | "both";

/**
 * Settles a conflict. A value that is not the tracker's waits for the next push. One that was settled
 * before can be settled another way: the values that gave way are still in its record.
 *
 * @throws {TrackerError} `conflict_not_found`, `conflict_without_issue`, `field_owned_by_tracker`, `not_a_set`,
 *   `base_unknown`.
 */
export function resolveConflict(
  context: EditContext,
  id: number,
  take: ConflictTake,
): ResolveOutcome {
  const { store, rules, now } = context;
  return store.transaction(() => {
    const conflict = store.conflicts.load(id);
    const field = SYNC_FIELDS.find((name) => name === conflict?.field);
    if (conflict === null || field === undefined) throw noConflict(id);
    if (conflict.taken === take) return { kind: "unchanged", conflict };
    const stored = store.issues.load(conflict.issueId);
    if (stored === null) throw withoutIssue(conflict);
    if (take !== "theirs" && rules.ownership[field] === "external") {
      throw ownedByTracker(rules.ownership, [field]);
    }
    // While it is open our side holds our value, which may have been edited since, and the base theirs.
    const ours = fieldsOf(stored.issue);
    const theirs = fieldsOf(stored.base ?? stored.issue);
    const sides = conflict.taken === null ? { ours, theirs } : {
      ours: { ...ours, ...valuesOf([[field, conflict.ours]]) },
      theirs: { ...theirs, ...valuesOf([[field, conflict.theirs]]) },
    };
    const value = valueTaken(field, take, sides, conflict.base);
    const issue = withFields(stored.issue, value);
    store.issues.put({
      ...stored,
      issue,
      edits: editsAfter(stored, issue, [field], now),
      seenAt: pastTime(stored.seenAt, now),
    });
    // Our value may be newer than the recorded one, and would be lost when another is taken.
    if (conflict.taken === null) {
      const values = { ours: ours[field], theirs: theirs[field] };
      store.conflicts.record({ ...conflict, ...values, taken: take }, now);
    } else {
      store.conflicts.close(id, take, now);
      const known = [conflict.base, conflict.ours, conflict.theirs, theirs[field], value[field]];
      if (!known.some((one) => isValue(field, one, ours))) {
        store.conflicts.keep({ ...conflict, ours: ours[field], taken: "edited" }, now);
      }
    }
    return { kind: "resolved", conflict: store.conflicts.load(id) ?? conflict, issue };
  });
}

function valueTaken(
  field: SyncField,
  take: ConflictTake,
  sides: { readonly ours: FieldValues; readonly theirs: FieldValues },
  base: unknown,
): FieldPatch {
  if (take === "base") {
    const before = valuesOf([[field, base]]);
    if (Object.keys(before).length === 0) throw baseUnknown(field);
    return before;
  }
  if (take !== "both") return pickFields(sides[take], [field]);
  const both = field === "body"
    ? { body: bothTexts(textOf(base), sides.ours.body, sides.theirs.body) }
    : unionOf(field, sides.ours, sides.theirs);
  if (both !== null) return both;
  throw new TrackerError({
    code: "not_a_set",
    message: `"${field}" holds one value, so both cannot be kept`,
    nextAction:
      "Take `ours`, `theirs` or `base`; `both` is for the body, assignees, labels and links.",
  });
}

/** What was said of an issue stays on record when it is removed, and there is nothing then that could take a value. */
function withoutIssue({ id, issueId }: StoredConflict): TrackerError {
  return new TrackerError({
    code: "conflict_without_issue",
    message: `Conflict ${id} cannot be settled: its issue "${issueId}" is not here`,
    nextAction:
      "Read its values with `tracker sync conflicts --all --json`, and enter those you want with `tracker issue create`.",
    details: { id, issue_id: issueId },
  });
}

function baseUnknown(field: SyncField): TrackerError {
  return new TrackerError({
    code: "base_unknown",
    message: `What "${field}" was before both sides changed it is not known`,
    nextAction: "Take `ours` or `theirs`.",
  });
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function noConflict(id: number): TrackerError {
  return new TrackerError({
    code: "conflict_not_found",
    message: `There is no conflict ${id}`,
    nextAction: "Run `tracker sync conflicts` for a list.",
  });
}
