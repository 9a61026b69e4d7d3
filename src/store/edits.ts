import { SYNC_FIELDS, type SyncField } from "../contract/sync_fields.ts";
import * as v from "valibot";
import type { NormalizedIssue } from "../contract/issue.ts";

/** Why the last attempt to send an edit was refused. */
export interface EditFault {
  readonly code: string;
  /** In the words of the other side. */
  readonly message: string;
  /** When it was refused (milliseconds since 1970). */
  readonly at: number;
}

/** What is known of a value that is wanted here and is not at the tracker yet. */
export interface FieldEdit {
  /** When it was edited (milliseconds since 1970). */
  readonly at: number;
  /**
   * It belongs to the creation of an issue here, or a person has asked for exactly it, so that it is sent whatever the
   * owner of the field.
   */
  readonly made?: true;
  /** Why a status changes, for a tool that keeps it beside. */
  readonly reason?: string;
  /** The value that was last sent and of which the answer is not known. */
  readonly sent?: unknown;
  /** Present while the edit waits after a refusal. */
  readonly fault?: EditFault;
}

/** The edits of an issue, by the name of the field. */
export type FieldEdits = Readonly<Record<string, FieldEdit>>;

/** An issue as it is here, with what was last seen of it at the tracker. */
export interface EditedIssue {
  /** Our version. */
  readonly issue: NormalizedIssue;
  /** The version last seen at the tracker; `null` for an issue created here and not pushed yet. */
  readonly base: NormalizedIssue | null;
  /** Edits that wait for a push, by field. */
  readonly edits: FieldEdits;
}

/** A refused edit, as it is shown. */
export interface RefusedEdit {
  /** Id of the issue. */
  readonly id: string;
  /** The field. */
  readonly field: string;
  /** The value that was refused. */
  readonly wanted: unknown;
  /** Why, for programs. */
  readonly code: string;
  /** Why, for people. */
  readonly message: string;
}

/** Schema of {@link FieldEdits} as they are stored. */
export const FieldEditsSchema: v.GenericSchema<unknown, FieldEdits> = v.record(
  v.string(),
  v.object({
    at: v.number(),
    made: v.exactOptional(v.literal(true)),
    reason: v.exactOptional(v.string()),
    sent: v.exactOptional(v.unknown()),
    fault: v.exactOptional(v.object({ code: v.string(), message: v.string(), at: v.number() })),
  }),
);

/** The names of the fields whose edit was refused. */
export function refusedFields(edits: FieldEdits): string[] {
  return Object.keys(edits).filter((field) => edits[field]?.fault !== undefined);
}

/** The edits without their faults: they are sent again. */
export function withoutFaults(edits: FieldEdits): FieldEdits {
  return Object.fromEntries(
    Object.entries(edits).map(([field, { fault: _, ...edit }]) => [field, edit]),
  );
}

/** The edits, those of some fields with a fault and without a value that may be on its way. */
export function withFault(
  edits: FieldEdits,
  fields: readonly string[],
  fault: EditFault,
): FieldEdits {
  return Object.fromEntries(
    Object.entries(edits).map(([field, edit]) => {
      if (!fields.includes(field)) return [field, edit];
      const { sent: _, ...known } = edit;
      return [field, { ...known, fault }];
    }),
  );
}

/** Returns when the latest edit was entered; `null` without one. */
export function latestEdit(edits: FieldEdits): number | null {
  const times = Object.values(edits).map(({ at }) => at);
  return times.length === 0 ? null : Math.max(...times);
}

/** The issue as it counts: a refused edit is not its state. */
export function shownIssue({ issue, base, edits }: EditedIssue): NormalizedIssue {
  const refused = refusedFields(edits);
  if (base === null || refused.length === 0) return issue;
  const shown: Writable = { ...issue };
  for (const field of SYNC_FIELDS) {
    if (refused.includes(field)) copy(shown, base, keyOf(field));
  }
  return shown;
}

/** The refused edits of an issue. */
export function refusedEdits({ issue, edits }: EditedIssue): RefusedEdit[] {
  return Object.entries(edits).flatMap(([field, { fault }]) => {
    if (fault === undefined) return [];
    const known = SYNC_FIELDS.find((name) => name === field);
    const wanted = known === undefined ? null : issue[keyOf(known)];
    const { code, message } = fault;
    return [{ id: issue.ref.id, field, wanted, code, message }];
  });
}

type Writable = { -readonly [Key in keyof NormalizedIssue]: NormalizedIssue[Key] };

/** Returns the key that a field has in an issue. */
function keyOf(field: SyncField): Exclude<SyncField, "parent"> | "parent_ref" {
  return field === "parent" ? "parent_ref" : field;
}

function copy<Key extends keyof NormalizedIssue>(
  to: Writable,
  from: NormalizedIssue,
  key: Key,
): void {
  to[key] = from[key];
}
