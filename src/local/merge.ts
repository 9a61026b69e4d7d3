import {
  type FieldPatch,
  type FieldValues,
  pickFields,
  sameValue,
  SYNC_FIELDS,
  type SyncField,
} from "./fields.ts";
import type { Ownership, Strategy } from "./ownership.ts";

/** What a merge needs to know beside the values. Times are milliseconds since 1970. */
export interface MergeMeta {
  /** When our side was last edited; `null` when it was not. */
  readonly oursEditedAt: number | null;
  /** When the tracker says its side was last changed. */
  readonly theirsUpdatedAt: number;
}

/** A value that has to give way to another, or two between which a person has to decide. */
export interface MergeConflict {
  readonly field: SyncField;
  /** Both sides changed a shared field, or the owner's value went over a change of the other side. */
  readonly reason: "both_changed" | "owner";
  /** The value in the base; `null` without a base. */
  readonly base: unknown;
  readonly ours: unknown;
  readonly theirs: unknown;
  /** Whose value was taken; `null` while a person has to decide: ours stays, theirs is left alone. */
  readonly taken: "ours" | "theirs" | null;
}

/** What a merge comes to. */
export interface MergeResult {
  /** What our side holds afterwards. */
  readonly result: FieldValues;
  /** What has to change on our side. */
  readonly patchOurs: FieldPatch;
  /** What has to change at the tracker; fields that wait for a decision are not among it. */
  readonly patchTheirs: FieldPatch;
  readonly conflicts: readonly MergeConflict[];
}

/**
 * Merges two versions of an issue with their common base, field by field. Pure.
 *
 * A field changed on one side only takes that side, where its owner allows it; a field both sides
 * changed to different values is a conflict. An owned field has its owner's value. Without a base every
 * difference counts as a change of both sides.
 */
export function merge(
  base: FieldValues | null,
  ours: FieldValues,
  theirs: FieldValues,
  ownership: Ownership,
  strategy: Strategy,
  meta: MergeMeta,
): MergeResult {
  const fromTheirs: SyncField[] = [];
  const toTheirs: SyncField[] = [];
  const held: SyncField[] = [];
  const conflicts: MergeConflict[] = [];
  for (const field of SYNC_FIELDS) {
    if (sameValue(field, ours[field], theirs[field])) continue;
    const oursChanged = base === null || !sameValue(field, base[field], ours[field]);
    const theirsChanged = base === null || !sameValue(field, base[field], theirs[field]);
    const owner = ownership[field];
    const taken = owner === "external"
      ? "theirs"
      : owner === "spec_kitty"
      ? "ours"
      : !theirsChanged
      ? "ours"
      : !oursChanged
      ? "theirs"
      : settle(strategy, meta);
    if (taken === "theirs") fromTheirs.push(field);
    else if (taken === "ours") toTheirs.push(field);
    else held.push(field);
    const lost = taken === "theirs" ? oursChanged : theirsChanged;
    if (!lost) continue;
    conflicts.push({
      field,
      reason: owner === "shared" ? "both_changed" : "owner",
      base: base?.[field] ?? null,
      ours: ours[field],
      theirs: theirs[field],
      taken,
    });
  }
  return {
    // Where both say the same, the tracker's way of saying it is kept.
    result: { ...theirs, ...pickFields(ours, [...toTheirs, ...held]) },
    patchOurs: pickFields(theirs, fromTheirs),
    patchTheirs: pickFields(ours, toTheirs),
    conflicts,
  };
}

function settle(strategy: Strategy, meta: MergeMeta): "ours" | "theirs" | null {
  switch (strategy) {
    case "external_wins":
      return "theirs";
    case "local_wins":
      return "ours";
    case "manual_review":
      return null;
    case "newer_timestamp":
      return meta.oursEditedAt !== null && meta.oursEditedAt > meta.theirsUpdatedAt
        ? "ours"
        : "theirs";
  }
}
