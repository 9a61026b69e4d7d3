import type { FieldTraits } from "./side.ts";
import {
  type FieldPatch,
  type FieldValues,
  pickFields,
  sameValue,
  SYNC_FIELDS,
  type SyncField,
} from "./fields.ts";
import type { FieldOwner, Ownership, Strategy } from "./ownership.ts";
import { mergeSet } from "./sets.ts";
import { mergeTexts } from "../contract/text_merge.ts";
import { type ClockMeasure, newerSide } from "./times.ts";

/** What a merge needs to know beside the values. Times are milliseconds since 1970. */
export interface MergeMeta {
  /** When each field was edited here. */
  readonly editedAt: Partial<Readonly<Record<SyncField, number>>>;
  /** The start of the last reading that still showed the base at the tracker, where it is known. */
  readonly seenAt: Partial<Readonly<Record<SyncField, number | null>>>;
  /** The latest time at which the tracker's side can have been changed, by its clock. */
  readonly theirsUpdatedAt: number;
  /** How far the tracker's clock is from ours; without a measure its times prove nothing. */
  readonly theirClock?: ClockMeasure | null;
  /** The present, by our clock: a time of ours that is yet to come proves nothing. */
  readonly now?: number;
  /** Fields that count as changed here though they have the base's value. */
  readonly unsure: readonly SyncField[];
  readonly traits: FieldTraits;
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
 * A field changed on one side only takes that side; one that the other side owns takes no change of ours. A shared
 * set that both sides changed has what either added and not what either removed, and a shared body the changed lines
 * of both where these are apart. Any other field that both sides changed to different values is a conflict, which its
 * owner wins. Without a base every difference counts as a change of both sides.
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
  let parts: FieldPatch = {};
  for (const field of SYNC_FIELDS) {
    if (sameValue(field, ours[field], theirs[field])) continue;
    const oursChanged = base === null || !sameValue(field, base[field], ours[field]) ||
      meta.unsure.includes(field);
    const theirsChanged = base === null || !sameValue(field, base[field], theirs[field]);
    const owner = ownership[field];
    const isBothChanged = owner === "shared" && oursChanged && theirsChanged;
    const both = isBothChanged && base !== null
      ? mergeParts(field, base, ours, theirs, meta.traits)
      : null;
    if (both !== null) {
      parts = { ...parts, ...both };
      continue;
    }
    const taken = isBothChanged
      ? settle(field, strategy, meta)
      : sideOf(owner, oursChanged, theirsChanged);
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
    result: { ...theirs, ...pickFields(ours, [...toTheirs, ...held]), ...parts },
    patchOurs: { ...pickFields(theirs, fromTheirs), ...differing(parts, ours) },
    patchTheirs: { ...pickFields(ours, toTheirs), ...differing(parts, theirs) },
    conflicts,
  };
}

/** Returns what a field comes to whose parts are merged, a set or a text; `null` where they cannot be. */
export function mergeParts(
  field: SyncField,
  base: FieldValues,
  ours: FieldValues,
  theirs: FieldValues,
  traits: FieldTraits,
): FieldPatch | null {
  if (field === "body") {
    const body = mergeTexts(base.body, ours.body, theirs.body);
    return body === null ? null : { body };
  }
  return traits.single.includes(field) ? null : mergeSet(field, base, ours, theirs);
}

/** The side whose value an owned field has, or a shared one that one side changed. */
function sideOf(
  owner: FieldOwner,
  oursChanged: boolean,
  theirsChanged: boolean,
): "ours" | "theirs" {
  if (owner === "external") return "theirs";
  // What nobody edited here is not held against the other side: another clone of ours may have edited it.
  if (owner === "spec_kitty") return oursChanged ? "ours" : "theirs";
  return oursChanged && !theirsChanged ? "ours" : "theirs";
}

function settle(
  field: SyncField,
  strategy: Strategy,
  meta: MergeMeta,
): "ours" | "theirs" | null {
  switch (strategy) {
    case "external_wins":
      return "theirs";
    case "local_wins":
      return "ours";
    case "manual_review":
      return null;
    case "newer_timestamp":
      return newerSide({
        edited: meta.editedAt[field],
        seen: meta.seenAt[field] ?? null,
        theirs: meta.theirsUpdatedAt,
        isTold: !meta.traits.silent.includes(field),
        theirClock: meta.theirClock ?? null,
        now: meta.now ?? Infinity,
      });
  }
}

/** The fields of a patch that differ from some values. */
function differing(patch: FieldPatch, values: FieldValues): FieldPatch {
  const merged = { ...values, ...patch };
  return pickFields(
    merged,
    SYNC_FIELDS.filter((field) =>
      patch[field] !== undefined && !sameValue(field, merged[field], values[field])
    ),
  );
}
