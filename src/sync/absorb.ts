import type { NormalizedIssue } from "../contract/issue.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import { type FieldEdits, latestEdit, withoutFaults } from "../store/edits.ts";
import type { SyncStore } from "./store.ts";
import type { StoredIssue } from "../store/issues.ts";
import type { FieldTraits, Side } from "./side.ts";
import {
  differingFields,
  type FieldPatch,
  fieldsOf,
  type FieldValues,
  patchedFields,
  pickFields,
  sameValue,
  SYNC_FIELDS,
  type SyncField,
  valuesOf,
  withFields,
} from "./fields.ts";
import { agreedSet } from "./sets.ts";
import { changesOf } from "./field_changes.ts";
import type { FieldChange, SyncEvent } from "./sync_report.ts";
import { merge, type MergeConflict } from "./merge.ts";
import { everyField, type Ownership, type Strategy } from "./ownership.ts";
import { isGone } from "./gone_issues.ts";
import { hasArrived } from "../contract/text_merge.ts";
import { type ClockMeasure, pastTime } from "./times.ts";

/** What a sync works with. */
export interface SyncRules {
  readonly ownership: Ownership;
  readonly strategy: Strategy;
}

/** What has to be known to take in the tracker's version of an issue. */
export interface AbsorbContext {
  readonly store: SyncStore;
  readonly side: Pick<Side, "traits">;
  readonly rules: SyncRules;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** When the reading of the version began (milliseconds since 1970). */
  readonly readAt: number;
  /** How far the other side's clock is from ours; without a measure its times prove nothing. */
  readonly theirClock?: ClockMeasure | null;
  /** Whether the version is the answer to our own write, which is no reason to repeat a refused one. */
  readonly isOwnWrite?: boolean;
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
  const { store, side, now } = context;
  const id = theirs.ref.id;
  const ours = fieldsOf(stored.issue);
  const values = fieldsOf(theirs);
  const open = store.conflicts.open(id);
  const arrived = sentValues(stored, values, side.traits);
  const base = stored.base === null
    ? null
    : { ...fieldsOf(stored.base), ...valuesBefore(open), ...arrived };
  const theirsUpdatedAt = latestMeant(theirs.updated_at);
  const seenAt = seenTimes(stored, open, now);
  const merged = merge(
    base,
    ours,
    values,
    ownershipOf(context, stored, base, values),
    context.rules.strategy,
    {
      editedAt: editTimes(stored, open),
      seenAt,
      theirsUpdatedAt,
      theirClock: context.theirClock ?? null,
      now,
      unsure: unansweredFields(stored),
      traits: side.traits,
    },
  );
  for (const conflict of merged.conflicts) {
    const { field, taken } = conflict;
    const at = stored.edits[field]?.at ?? null;
    if (open.some((known) => saysTheSame(known, conflict) && known.times.ours === at)) continue;
    const times = {
      ours: at,
      theirs: Date.parse(theirs.updated_at),
      seen: seenAt[field] ?? null,
    };
    store.conflicts.record({ issueId: id, ...conflict, times }, now);
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
  const isChanged = stored.base === null || !isSameState(stored.base, theirs);
  const edits = keptEdits(stored, merged.result, values, patchedFields(arrived));
  return {
    stored: {
      issue: withFields(theirs, merged.result),
      base: theirs,
      // What is there is not gone, no matter who put it there.
      edits: isChanged && context.isOwnWrite !== true || isGone(edits)
        ? withoutFaults(edits)
        : edits,
      seenAt: context.readAt,
    },
    changes: changesOf(merged.patchOurs, ours),
  };
}

/**
 * Sends what an issue was created with here, or a person has asked for, whatever the owner of the field, but not over
 * what the tracker has made of it since.
 */
function ownershipOf(
  { rules }: AbsorbContext,
  { edits }: StoredIssue,
  base: FieldValues | null,
  theirs: FieldValues,
): Ownership {
  const made = SYNC_FIELDS.filter((field) =>
    edits[field]?.made === true && base !== null && sameValue(field, base[field], theirs[field])
  );
  return { ...rules.ownership, ...pick(everyField("spec_kitty"), made) };
}

function pick(ownership: Ownership, fields: readonly SyncField[]): Partial<Ownership> {
  return Object.fromEntries(fields.map((field) => [field, ownership[field]]));
}

/** What we sent and the tracker holds now: both sides agree on it, also when the answer was lost. */
function sentValues(
  { base, edits }: StoredIssue,
  theirs: FieldValues,
  traits: FieldTraits,
): FieldPatch {
  const sent = valuesOf(
    SYNC_FIELDS.flatMap((field) => {
      const value = edits[field]?.sent;
      return value === undefined ? [] : [[field, value] as const];
    }),
  );
  const before = base === null ? theirs : fieldsOf(base);
  return patchedFields(sent).reduce<FieldPatch>((arrived, field) => {
    const wanted = { ...before, ...sent };
    if (sameValue(field, wanted[field], theirs[field])) {
      return { ...arrived, ...pickFields(wanted, [field]) };
    }
    if (field === "body" && hasArrived(before.body, wanted.body, theirs.body)) {
      return { ...arrived, body: wanted.body };
    }
    const set = traits.single.includes(field) ? null : agreedSet(field, before, wanted, theirs);
    const isAsBefore = sameValue(field, { ...before, ...set }[field], before[field]);
    return set === null || isAsBefore ? arrived : { ...arrived, ...set };
  }, {});
}

/** Whether two versions of an issue say the same, or are called the same by the other side. */
function isSameState(before: NormalizedIssue, now: NormalizedIssue): boolean {
  if (now.version != null && before.version === now.version) return true;
  return before.updated_at === now.updated_at &&
    differingFields(fieldsOf(before), fieldsOf(now)).length === 0;
}

/** Fields of which something was sent that may still arrive. */
function unansweredFields({ edits }: StoredIssue): SyncField[] {
  return SYNC_FIELDS.filter((field) => edits[field]?.sent !== undefined);
}

/**
 * When each field was edited. A time that was yet to come when the conflict was met proves nothing later
 * either: our clock was set back.
 */
function editTimes(
  { edits }: StoredIssue,
  open: readonly StoredConflict[],
): Partial<Record<SyncField, number>> {
  const times: Partial<Record<SyncField, number>> = {};
  for (const field of SYNC_FIELDS) {
    const at = edits[field]?.at;
    const isUnproven = open.some((known) =>
      known.field === field && known.times.ours === at && known.detectedAt < (at ?? 0)
    );
    if (at !== undefined && !isUnproven) times[field] = at;
  }
  return times;
}

/** When the base of each field was last seen; that of a held conflict is the value from before it. */
function seenTimes(
  { seenAt }: StoredIssue,
  open: readonly StoredConflict[],
  now: number,
): Partial<Record<SyncField, number | null>> {
  const known = pastTime(seenAt, now);
  const times: Partial<Record<SyncField, number | null>> = {};
  for (const field of SYNC_FIELDS) times[field] = known;
  for (const { field, times: { seen } } of open) {
    const name = SYNC_FIELDS.find((one) => one === field);
    if (name !== undefined) times[name] = seen;
  }
  return times;
}

/** The edits that are left when the tracker holds `theirs`. */
function keptEdits(
  stored: StoredIssue,
  result: FieldValues,
  theirs: FieldValues,
  arrived: readonly SyncField[],
): FieldEdits {
  const left = differingFields(result, theirs).map((field) => {
    const edit = stored.edits[field] ?? { at: latestEdit(stored.edits) ?? 0 };
    if (!arrived.includes(field)) return [field, edit] as const;
    const { sent: _, ...answered } = edit;
    return [field, answered] as const;
  });
  return Object.fromEntries(left);
}

/** Tools tell times to the second, cut off or rounded: the latest moment that such a time can mean. */
function latestMeant(time: string): number {
  return Date.parse(time) + (/\.\d*[1-9]/.test(time) ? 0 : 999);
}

/** A conflict that still waits for a decision is told once. */
function saysTheSame(known: StoredConflict, conflict: MergeConflict): boolean {
  return known.field === conflict.field && conflict.taken === null &&
    JSON.stringify([known.ours, known.theirs]) ===
      JSON.stringify([conflict.ours, conflict.theirs]);
}

/**
 * The base of a field that waits for a decision is the value from before the conflict; what the store
 * keeps as base is the version last seen.
 */
function valuesBefore(open: readonly StoredConflict[]): FieldPatch {
  return valuesOf(open.map(({ field, base }) => [field, base] as const));
}
