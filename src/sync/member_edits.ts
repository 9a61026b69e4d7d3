import { commandWord } from "../platform/command_word.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { type FieldPatch, type FieldValues, sameValue, type SyncField } from "./fields.ts";
import { invalidEdit } from "./invalid_edit.ts";
import type { Side } from "./side.ts";

/** Members that an edit adds to sets and takes from them; the other members stay. */
export interface MemberEdit {
  /** Labels it has besides from now on. */
  readonly addLabels?: readonly string[];
  /** Labels it no longer has. */
  readonly removeLabels?: readonly string[];
  /** People it is assigned to besides from now on. */
  readonly assign?: readonly string[];
  /** People it is no longer assigned to. */
  readonly unassign?: readonly string[];
}

/** A member that was to be removed and is not there. */
export interface AbsentMember {
  /** The set. */
  readonly field: "labels" | "assignees";
  /** The member, as it was named. */
  readonly name: string;
  /** A member that differs from it by upper and lower case alone; absent where there is none. */
  readonly similar?: string;
}

/** What an edit of members comes to. */
export interface MemberChange {
  /** The new sets, of the fields that the edit names. */
  readonly patch: FieldPatch;
  readonly absent: readonly AbsentMember[];
}

/**
 * Returns the sets of an issue after an edit of their members. A member that is there is not added again. What others
 * change of the sets meanwhile is merged when it is known, as with any edit.
 *
 * @throws {TrackerError} `invalid_edit` for a name without a character, one that is both added and removed, and a set
 * that is also replaced.
 */
export function memberChange(
  values: Pick<FieldValues, "labels" | "assignees">,
  edit: MemberEdit & { readonly labels?: unknown; readonly assignees?: unknown },
): MemberChange {
  refuseContradiction("labels", edit.labels, edit.addLabels, edit.removeLabels);
  refuseContradiction("assignees", edit.assignees, edit.assign, edit.unassign);
  const labels = changed("labels", values.labels, edit.addLabels, edit.removeLabels);
  const people = changed("assignees", values.assignees, edit.assign, edit.unassign);
  return {
    patch: {
      ...(labels === null ? {} : { labels: labels.members }),
      ...(people === null ? {} : { assignees: people.members }),
    },
    absent: [...labels?.absent ?? [], ...people?.absent ?? []],
  };
}

function refuseContradiction(
  field: AbsentMember["field"],
  whole: unknown,
  add: readonly string[] = [],
  remove: readonly string[] = [],
): void {
  const named = [...add, ...remove];
  if (named.some((name) => name.trim() === "")) {
    throw invalidEdit(`A name among the ${field} is empty`, "Give it at least one character.");
  }
  const both = add.find((name) => remove.includes(name));
  if (both !== undefined) {
    throw invalidEdit(`"${both}" cannot be both added and removed`, "Name it once.", { field });
  }
  if (whole === undefined || named.length === 0) return;
  throw invalidEdit(
    `The ${field} cannot be both replaced and changed by name`,
    "Name all of them, or those to add and to remove.",
    { field },
  );
}

function changed(
  field: AbsentMember["field"],
  before: readonly string[],
  add: readonly string[] = [],
  remove: readonly string[] = [],
): { readonly members: readonly string[]; readonly absent: readonly AbsentMember[] } | null {
  if (add.length === 0 && remove.length === 0) return null;
  const added = [...new Set(add)].filter((name) => !before.includes(name));
  const absent = [...new Set(remove)].filter((name) => !before.includes(name)).map((name) => {
    const similar = before.find((one) => one.toLowerCase() === name.toLowerCase());
    return { field, name, ...(similar === undefined ? {} : { similar }) };
  });
  return {
    members: [...before.filter((name) => !remove.includes(name)), ...added],
    absent,
  };
}

/**
 * Refuses an edit of members that the other side cannot take: it would never be sent.
 *
 * @throws {TrackerError} `edit_not_possible`, with the way that works.
 */
export function requireMembersTaken(
  { side, refusal }: {
    readonly side: Pick<Side, "traits">;
    /** Why a field cannot be written. */
    readonly refusal: (field: SyncField) => string | null;
  },
  { name, before, patch }: {
    readonly name: string;
    readonly before: FieldValues;
    readonly patch: FieldPatch;
  },
): void {
  const after = { ...before, ...patch };
  for (const field of ["labels", "assignees"] as const) {
    if (patch[field] === undefined || sameValue(field, before[field], after[field])) continue;
    const reason = refusal(field);
    if (reason === null) continue;
    throw new TrackerError({
      code: "edit_not_possible",
      message: `The ${field} of "${name}" cannot be changed so: ${reason}`,
      nextAction: wayFor(side, field, name, before.assignees, after.assignees),
      details: { field, reason },
    });
  }
}

function wayFor(
  { traits }: Pick<Side, "traits">,
  field: AbsentMember["field"],
  name: string,
  before: readonly string[],
  after: readonly string[],
): string {
  const [added] = after.filter((one) => !before.includes(one));
  if (field === "assignees" && traits.single.includes(field) && added !== undefined) {
    return `Assign it to one alone: \`tracker issue edit ${commandWord(name)} --assignee ${
      commandWord(added)
    }\`.`;
  }
  return field === "labels"
    ? "Change them with the tool itself, then run `tracker sync pull`."
    : `Write it as a comment: \`tracker issue comment ${commandWord(name)} TEXT\`.`;
}
