import {
  blankIssue,
  type ExternalRef,
  type IssueType,
  type LinkType,
  type NormalizedIssue,
  type Priority,
  type Status,
} from "../contract/issue.ts";
import { isoTime } from "../platform/clock.ts";
import { hex, type Random } from "../platform/random.ts";
import { type FieldEdits, withFault, withoutFaults } from "../store/edits.ts";
import { isGone, withWayOut } from "./gone_issues.ts";
import type { SyncStore } from "./store.ts";
import type { StoredIssue } from "../store/issues.ts";
import type { SyncRules } from "./absorb.ts";
import { changesOf } from "./field_changes.ts";
import type { Side } from "./side.ts";
import {
  differingFields,
  type FieldPatch,
  fieldsOf,
  type FieldValues,
  patchedFields,
  pickFields,
  sameValue,
  type SyncField,
  withFields,
} from "./fields.ts";
import { invalidEdit } from "./invalid_edit.ts";
import { refuseLinksKeptElsewhere } from "./link_direction.ts";
import { keepReplaced } from "./lost_values.ts";
import { ontoPresent, type SeenTexts } from "./made_on.ts";
import {
  type AbsentMember,
  memberChange,
  type MemberEdit,
  requireMembersTaken,
} from "./member_edits.ts";
import { ownedByTracker } from "./owned_by_tracker.ts";
import { type FieldChange, GONE, type SkippedField } from "./sync_report.ts";
import { pastTime } from "./times.ts";

/** What an edit sets; a field left out stays as it is. Issues are named by id or key. */
export interface IssueEdit extends MemberEdit {
  /** The new title. */
  readonly title?: string;
  /** The new description, in Markdown; `null` empties it. */
  readonly body?: string | null;
  /** The new status. */
  readonly status?: Status;
  /** Why the status changes, for a side that keeps it beside: `bd` does. Without a change of the status it is nothing. */
  readonly reason?: string;
  /** The new type. */
  readonly issueType?: IssueType;
  /** The new priority. */
  readonly priority?: Priority;
  /** All people it is assigned to from now on; an empty name is none. */
  readonly assignees?: readonly string[];
  /** All labels it has from now on; an empty one is none. */
  readonly labels?: readonly string[];
  /** The issue it becomes a part of; `null` takes it out of its parent. */
  readonly parent?: string | null;
  /** All links it has from now on. */
  readonly links?: readonly { readonly type: LinkType; readonly id: string }[];
  /** New values of the tool's own fields, by name. */
  readonly customFields?: Readonly<Record<string, unknown>>;
}

/** What an edit did. */
export interface EditResult {
  /** The issue as it is now. */
  readonly issue: NormalizedIssue;
  /** What changed; nothing when the edit set what was there. */
  readonly changes: readonly FieldChange[];
  /** Fields that a push will list instead of writing, because the tracker cannot take them. */
  readonly unwritable: readonly SkippedField[];
  /** Members that were to be removed and are not there; absent where there are none. */
  readonly absent?: readonly AbsentMember[];
}

/** How an edit is entered. */
export interface EditChoice {
  /** Enters it, and has it sent, no matter who owns the field: a person has asked for exactly this change. */
  readonly anyOwner?: boolean | undefined;
  /** The texts that the edit was written on; what a sync has made of them since is merged. */
  readonly madeOn?: SeenTexts | undefined;
}

/** What edits work on. */
export interface EditContext {
  readonly store: SyncStore;
  readonly side: Side;
  readonly rules: SyncRules;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
}

/**
 * Changes an issue on our side; the next push writes it to the tracker.
 *
 * @throws {TrackerError} `issue_not_found`, `invalid_edit`, `link_kept_elsewhere`, `field_owned_by_tracker`,
 * `edit_not_possible`, `edited_meanwhile`.
 */
export function editIssue(
  context: EditContext,
  idOrKey: string,
  edit: IssueEdit,
  { anyOwner = false, madeOn }: EditChoice = {},
): EditResult {
  const { store, rules, now } = context;
  return store.transaction(() => {
    const stored = store.issues.find(idOrKey) ?? store.issues.require(idOrKey);
    const before = fieldsOf(stored.issue);
    const members = memberChange(before, edit);
    const wanted = { ...patchOf(context, edit), ...members.patch };
    const patch = madeOn === undefined ? wanted : ontoPresent(wanted, madeOn, before);
    const told = members.absent.length === 0 ? {} : { absent: members.absent };
    refuseCircle(context, stored.issue.ref.id, patch.parent ?? null);
    refuseLinksKeptElsewhere(context, stored.issue.ref, { ...before, ...patch }, before);
    const fields = differingFields(before, { ...before, ...patch });
    if (fields.length === 0) {
      const edits = withReason(stored.edits, edit);
      if (edits !== stored.edits) store.issues.put({ ...stored, edits });
      return { issue: stored.issue, changes: [], unwritable: [], ...told };
    }
    const owned = fields.filter((field) => rules.ownership[field] === "external");
    if (!anyOwner && stored.base !== null && owned.length > 0) {
      throw ownedByTracker(rules.ownership, owned);
    }
    const changed = pickFields({ ...before, ...patch }, fields);
    const issue = withFields(stored.issue, changed);
    const base = stored.base === null ? null : fieldsOf(stored.base);
    requireMembersTaken(
      { side: context.side, refusal: (field) => refusalOf(context, field, fieldsOf(issue), base) },
      { name: issue.ref.key ?? issue.ref.id, before, patch: members.patch },
    );
    for (const conflict of store.conflicts.open(stored.issue.ref.id)) {
      const field = fields.find((name) => name === conflict.field);
      if (field !== undefined) keepReplaced(context, conflict, field, before, fieldsOf(issue));
    }
    const entered = withReason(editsAfter(stored, issue, fields, now), edit);
    const edits = anyOwner ? withAnyOwner(entered, owned) : entered;
    // Another edit does not bring back what the other side does not have.
    const gone = isGone(stored.edits) ? withWayOut(issue.ref) : null;
    store.issues.put({
      ...stored,
      issue,
      edits: gone === null ? edits : withFault(edits, Object.keys(edits), { ...GONE, at: now }),
      seenAt: pastTime(stored.seenAt, now),
    });
    return {
      issue,
      changes: changesOf(changed, before),
      ...told,
      unwritable: gone === null
        ? unwritable(context, issue, base, fields)
        : fields.map((field) => ({
          id: issue.ref.id,
          title: issue.title,
          field,
          reason: gone.message,
        })),
    };
  });
}

/**
 * Makes an issue on our side; the next push makes it at the tracker.
 *
 * @throws {TrackerError} `invalid_edit`, `link_kept_elsewhere`, `issue_not_found` for a parent or link that is
 * not here.
 */
export function createIssue(
  context: EditContext,
  edit: IssueEdit & { readonly title: string },
): EditResult {
  return context.store.transaction(() => {
    const { patch } = memberChange({ labels: [], assignees: [] }, edit);
    return createDraft(context, { ...patchOf(context, edit), ...patch });
  });
}

/** Makes an issue of some values. Runs inside the caller's transaction. */
export function createDraft(context: EditContext, patch: FieldPatch): EditResult {
  const { store, side, now } = context;
  const ref = {
    system: side.provider,
    workspace: side.workspace,
    id: `local-${hex(context.random.bytes(8))}`,
  };
  const issue = withFields(blankIssue(ref, isoTime(now)), patch);
  const values = fieldsOf(issue);
  refuseLinksKeptElsewhere(context, null, values, null);
  const fields = patchedFields(patch);
  const edits = Object.fromEntries(
    fields.map((field) => [field, { at: now, made: true as const }]),
  );
  store.issues.put({ issue, base: null, edits, seenAt: null });
  return {
    issue,
    changes: fields.map((field) => ({ field, from: null, to: values[field] }))
      .filter(({ to }) => !isNothing(to)),
    unwritable: unwritable(context, issue, null, fields),
  };
}

/** The edits, those of some fields to be sent no matter who owns the field. */
function withAnyOwner(edits: FieldEdits, fields: readonly string[]): FieldEdits {
  return Object.fromEntries(
    Object.entries(edits).map(([field, edit]) => [
      field,
      fields.includes(field) ? { ...edit, made: true as const } : edit,
    ]),
  );
}

/** The edits, that of the status with its reason. */
function withReason(edits: FieldEdits, { status: wanted, reason }: IssueEdit): FieldEdits {
  const { status } = edits;
  if (wanted === undefined || reason === undefined || status === undefined) return edits;
  return { ...edits, status: { ...status, reason } };
}

/** What a new issue has without being given it. */
function isNothing(value: unknown): boolean {
  return value === null || value === "" || Array.isArray(value) && value.length === 0;
}

/** The edits of an issue when some of its fields have been set: a refused one is sent again. */
export function editsAfter(
  { base, edits }: StoredIssue,
  issue: NormalizedIssue,
  fields: readonly SyncField[],
  now: number,
): FieldEdits {
  const values = fieldsOf(issue);
  const set = fields.flatMap((field) => {
    const { reason: _, ...before } = edits[field] ?? { at: now };
    const isAsAtTracker = base !== null && sameValue(field, values[field], fieldsOf(base)[field]);
    // What was sent before may still arrive, and is then not what is wanted.
    return isAsAtTracker && before.sent === undefined ? [] : [
      [field, { ...before, at: now, ...(base === null ? { made: true as const } : {}) }] as const,
    ];
  });
  const others = Object.entries(edits).filter(([name]) => !fields.some((field) => field === name));
  return withoutFaults(Object.fromEntries([...others, ...set]));
}

/**
 * The values that an edit sets, without those of its members.
 *
 * @throws {TrackerError} `invalid_edit`, and `issue_not_found` for a parent or link that is not here.
 */
export function patchOf(context: EditContext, edit: IssueEdit): FieldPatch {
  const { issueType, parent, links, customFields, assignees, labels, reason: _, ...others } = edit;
  const { addLabels: _add, removeLabels: _remove, assign: _assign, unassign: _un, ...same } =
    others;
  if (edit.title !== undefined && edit.title.trim() === "") {
    throw invalidEdit("A title cannot be empty", "Give a title with at least one character.");
  }
  return {
    ...same,
    ...(assignees === undefined ? {} : { assignees: namesIn(assignees) }),
    ...(labels === undefined ? {} : { labels: namesIn(labels) }),
    ...(issueType === undefined ? {} : { issue_type: issueType }),
    ...(parent === undefined ? {} : { parent: parent === null ? null : refOf(context, parent) }),
    ...(links === undefined
      ? {}
      : { links: links.map(({ type, id }) => ({ type, ref: refOf(context, id) })) }),
    ...(customFields === undefined ? {} : { custom_fields: customFields }),
  };
}

/** A name with nothing in it stands for none: given alone, it takes all of them away. */
function namesIn(given: readonly string[]): readonly string[] {
  return given.filter((name) => name.trim() !== "");
}

/** An issue that was made here and is above itself would wait for its own creation, and any tracker refuses one. */
function refuseCircle({ store }: EditContext, id: string, parent: ExternalRef | null): void {
  const met = new Set<string>();
  for (let above = parent; above !== null && !met.has(above.id);) {
    if (above.id === id) {
      throw invalidEdit(
        "The parent is the issue itself or below it",
        "Choose another parent, or take the issue between them out of its parent first.",
        { id, parent: parent?.id },
      );
    }
    met.add(above.id);
    above = store.issues.load(above.id)?.issue.parent_ref ?? null;
  }
}

function refOf({ store }: EditContext, idOrKey: string): ExternalRef {
  return (store.issues.find(idOrKey) ?? store.issues.require(idOrKey)).issue.ref;
}

function unwritable(
  context: EditContext,
  issue: NormalizedIssue,
  base: FieldValues | null,
  fields: readonly (keyof FieldValues)[],
): SkippedField[] {
  const { id } = issue.ref;
  return fields.flatMap((field) => {
    const reason = refusalOf(context, field, fieldsOf(issue), base);
    return reason === null ? [] : [{ id, title: issue.title, field, reason }];
  });
}

/** Why a value cannot be written, judged by all that is cached of the other side. */
function refusalOf(
  { side, store }: EditContext,
  field: SyncField,
  wanted: FieldValues,
  current: FieldValues | null,
): string | null {
  const reason = side.refusal(field, wanted, current);
  if (reason === null || side.learn === undefined) return reason;
  for (const issue of store.list()) side.learn(issue);
  return side.refusal(field, wanted, current);
}
