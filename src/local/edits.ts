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
import { TrackerError } from "../platform/tracker_error.ts";
import { parseWith } from "../contract/parse.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { IssueStore } from "../store/issue_store.ts";
import { changesOf, type SyncRules } from "./absorb.ts";
import type { Connector } from "./connector.ts";
import {
  differingFields,
  type FieldPatch,
  FieldPatchSchema,
  fieldsOf,
  type FieldValues,
  patchedFields,
  pickFields,
  SYNC_FIELDS,
  withFields,
} from "./fields.ts";
import { refuseLinksKeptElsewhere } from "./link_direction.ts";
import type { FieldChange, SkippedField } from "./sync_report.ts";

/** What an edit sets; a field left out stays as it is. Issues are named by id or key. */
export interface IssueEdit {
  readonly title?: string;
  readonly body?: string | null;
  readonly status?: Status;
  readonly issueType?: IssueType;
  readonly priority?: Priority;
  readonly assignees?: readonly string[];
  readonly labels?: readonly string[];
  readonly parent?: string | null;
  readonly links?: readonly { readonly type: LinkType; readonly id: string }[];
  readonly customFields?: Readonly<Record<string, unknown>>;
}

/** What an edit did. */
export interface EditResult {
  readonly issue: NormalizedIssue;
  readonly changes: readonly FieldChange[];
  /** Fields that a push will list instead of writing, because the tracker cannot take them. */
  readonly unwritable: readonly SkippedField[];
}

/** What edits work on. */
export interface EditContext {
  readonly store: IssueStore;
  readonly connector: Connector;
  readonly rules: SyncRules;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
}

/**
 * Changes an issue on our side; the next push writes it to the tracker.
 *
 * @throws {TrackerError} `issue_not_found`, `invalid_edit`, `link_kept_elsewhere`, `field_owned_by_tracker`.
 */
export function editIssue(context: EditContext, idOrKey: string, edit: IssueEdit): EditResult {
  const { store, rules, now } = context;
  return store.transaction(() => {
    const stored = store.issues.find(idOrKey) ?? store.issues.require(idOrKey);
    const before = fieldsOf(stored.issue);
    const patch = patchOf(context, edit);
    refuseLinksKeptElsewhere(context, stored.issue.ref, { ...before, ...patch }, before);
    const fields = differingFields(before, { ...before, ...patch });
    if (fields.length === 0) return { issue: stored.issue, changes: [], unwritable: [] };
    const owned = fields.filter((field) => rules.ownership[field] === "external");
    if (stored.base !== null && owned.length > 0) throw ownedByTracker(owned);
    const changed = pickFields({ ...before, ...patch }, fields);
    const issue = withFields(stored.issue, changed);
    store.issues.put({ ...stored, issue, editedAt: now });
    const base = stored.base === null ? null : fieldsOf(stored.base);
    return {
      issue,
      changes: changesOf(changed, before),
      unwritable: unwritable(context, issue, base, fields),
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
  const { store, connector, now } = context;
  return store.transaction(() => {
    const at = isoTime(now);
    const ref = {
      system: connector.provider,
      workspace: connector.workspace,
      id: `local-${hex(context.random.bytes(8))}`,
    };
    const issue = withFields(blankIssue(ref, at), patchOf(context, edit));
    store.issues.put({ issue, base: null, editedAt: now });
    const values = fieldsOf(issue);
    refuseLinksKeptElsewhere(context, null, values, null);
    const fields = patchedFields(patchOf(context, edit));
    return {
      issue,
      changes: fields.map((field) => ({ field, from: null, to: values[field] })),
      unwritable: unwritable(context, issue, null, fields),
    };
  });
}

/** What settling a conflict did. */
export type ResolveOutcome =
  | {
    readonly kind: "resolved";
    readonly conflict: StoredConflict;
    readonly issue: NormalizedIssue;
  }
  /** It had been settled this way before. */
  | { readonly kind: "unchanged"; readonly conflict: StoredConflict };

/**
 * Settles a conflict. A value of ours waits for the next push. One that was settled before can be
 * settled the other way: the value that gave way is still in its record.
 *
 * @throws {TrackerError} `conflict_not_found`, `issue_not_found`, `field_owned_by_tracker`.
 */
export function resolveConflict(
  context: EditContext,
  id: number,
  take: "ours" | "theirs",
): ResolveOutcome {
  const { store, rules, now } = context;
  return store.transaction(() => {
    const conflict = store.conflicts.load(id);
    const field = SYNC_FIELDS.find((name) => name === conflict?.field);
    if (conflict === null || field === undefined) throw noConflict(id);
    if (conflict.taken === take) return { kind: "unchanged", conflict };
    const stored = store.issues.require(conflict.issueId);
    if (take === "ours" && rules.ownership[field] === "external") throw ownedByTracker([field]);
    const wasOpen = conflict.taken === null;
    // While it is open our side holds our value, which may have been edited since, and the base theirs.
    const value = wasOpen
      ? pickFields(fieldsOf(take === "ours" ? stored.issue : stored.base ?? stored.issue), [field])
      : recorded(field, take === "ours" ? conflict.ours : conflict.theirs);
    const issue = withFields(stored.issue, value);
    store.issues.put({ ...stored, issue, editedAt: now });
    // Our value may be newer than the recorded one, and would be lost when theirs is taken.
    if (wasOpen) {
      store.conflicts.record(
        { ...conflict, ours: fieldsOf(stored.issue)[field], taken: take },
        now,
      );
    } else store.conflicts.close(id, take, now);
    return { kind: "resolved", conflict: store.conflicts.load(id) ?? conflict, issue };
  });
}

function recorded(field: string, value: unknown): FieldPatch {
  const parsed = parseWith(FieldPatchSchema, { [field]: value });
  return parsed.ok ? parsed.value : {};
}

function patchOf(context: EditContext, edit: IssueEdit): FieldPatch {
  const { issueType, parent, links, customFields, ...same } = edit;
  if (edit.title !== undefined && edit.title.trim() === "") {
    throw new TrackerError({
      code: "invalid_edit",
      message: "A title cannot be empty",
      nextAction: "Give a title with at least one character.",
    });
  }
  return {
    ...same,
    ...(issueType === undefined ? {} : { issue_type: issueType }),
    ...(parent === undefined ? {} : { parent: parent === null ? null : refOf(context, parent) }),
    ...(links === undefined
      ? {}
      : { links: links.map(({ type, id }) => ({ type, ref: refOf(context, id) })) }),
    ...(customFields === undefined ? {} : { custom_fields: customFields }),
  };
}

function refOf({ store }: EditContext, idOrKey: string): ExternalRef {
  return (store.issues.find(idOrKey) ?? store.issues.require(idOrKey)).issue.ref;
}

function unwritable(
  { connector }: EditContext,
  issue: NormalizedIssue,
  base: FieldValues | null,
  fields: readonly (keyof FieldValues)[],
): SkippedField[] {
  const { id } = issue.ref;
  return fields.flatMap((field) => {
    const reason = connector.refusal(field, fieldsOf(issue), base);
    return reason === null ? [] : [{ id, title: issue.title, field, reason }];
  });
}

function ownedByTracker(fields: readonly string[]): TrackerError {
  return new TrackerError({
    code: "field_owned_by_tracker",
    message: `The tracker owns ${fields.map((field) => `"${field}"`).join(", ")} in this binding`,
    nextAction:
      "Change it in the tracker, or bind with `--doctrine-mode split_ownership` to edit on both sides.",
    details: { fields },
  });
}

function noConflict(id: number): TrackerError {
  return new TrackerError({
    code: "conflict_not_found",
    message: `There is no conflict ${id}`,
    nextAction: "Run `tracker sync conflicts` for a list.",
  });
}
