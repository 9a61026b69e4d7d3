import type { JsonObject } from "../contract/field.ts";
import type { ExternalRef, IssueLink, NormalizedIssue } from "../contract/issue.ts";
import { linkName, type PushPatch } from "../contract/patch.ts";
import type { PushItem } from "../contract/push.ts";
import { canonicalJson } from "../contract/snapshots.ts";
import type { StoredIssue } from "../store/issues.ts";
import {
  differingFields,
  type FieldPatch,
  fieldsOf,
  patchedFields,
  pickFields,
  SYNC_FIELDS,
  type SyncField,
  valuesOf,
} from "../sync/fields.ts";
import { pendingFields } from "../sync/pending_fields.ts";
import type { Side } from "../sync/side.ts";
import type { SyncStore } from "../sync/store.ts";
import type { OfferedExtensions } from "./extensions.ts";

/** The edits of one issue as a push sends them. */
export interface EditItem {
  /** Id of the issue; of one that was made here, its local id. */
  readonly id: string;
  readonly item: PushItem;
  /** The values that the item brings about. */
  readonly sent: FieldPatch;
  /** The host's version of the issue that the item was made on; `null` when there is none yet. */
  readonly base: NormalizedIssue | null;
}

/** What items are made with. */
export interface ItemContext {
  readonly store: SyncStore;
  readonly side: Pick<Side, "refusal">;
  readonly offered: OfferedExtensions;
}

/** Returns the item that sends the edits of an issue which is at the host; `null` when nothing of it is to be sent. */
export function changeItem(context: ItemContext, stored: StoredIssue): EditItem | null {
  const { base, issue } = stored;
  if (base === null) return null;
  const fields = fieldsToSend(context, stored);
  const sent = pickFields(fieldsOf(issue), fields);
  const patch = patchOf(fieldsBefore(stored), sent, context.offered);
  const isPatched = Object.keys(patch).length > 0;
  if (!isPatched && sent.status === undefined) return null;
  const version = context.offered.baseVersion ? base.version ?? null : null;
  const rest = {
    ...(isPatched ? { patch } : {}),
    ...(sent.status === undefined ? {} : { target_status: sent.status }),
    ...(version === null ? {} : { base_version: version }),
  };
  const ref = plainRef(base.ref);
  const item: PushItem = sent.status === undefined
    ? { ref, action: "update", ...rest }
    : { ref, action: "transition", ...rest, target_status: sent.status };
  return { id: base.ref.id, item, sent, base };
}

/** Returns the item that creates an issue which was made here, under its local id. */
export function createItem(
  { store, side }: ItemContext,
  { issue, edits }: StoredIssue,
  workspace: string,
): EditItem {
  const values = fieldsOf(issue);
  const said = SYNC_FIELDS.filter((field) =>
    field === "title" || (edits[field] !== undefined && side.refusal(field, values, null) === null)
  );
  const links = values.links.filter(({ ref }) => isThere(store, ref));
  const parent = values.parent !== null && isThere(store, values.parent) ? values.parent : null;
  const all = pickFields({ ...values, links, parent }, said);
  const { parent: _parent, ...orphan } = all;
  const sent = parent === null ? orphan : all;
  const { labels, assignees, ...others } = sent;
  const patch: PushPatch = {
    ...patchOf(NOTHING, others, { patchSets: true }),
    ...(labels === undefined || labels.length === 0 ? {} : { labels }),
    ...(assignees === undefined || assignees.length === 0 ? {} : { assignees }),
  };
  const { id } = issue.ref;
  return {
    id,
    item: {
      ref: { system: issue.ref.system, workspace, id },
      action: "create",
      patch,
      ...(sent.status === undefined ? {} : { target_status: sent.status }),
    },
    sent,
    base: null,
  };
}

/** A patch to an issue of which nothing is known. */
const NOTHING: readonly FieldPatch[] = [];

/**
 * The fields of an issue that a push sends: those that differ from the host's, and those of which something was sent
 * that may still arrive. What names an issue that is not at the host yet waits for it.
 */
export function fieldsToSend(
  context: Pick<ItemContext, "store" | "side">,
  stored: StoredIssue,
): SyncField[] {
  const { store } = context;
  const { issue, edits } = stored;
  const { writable, held, refusedBefore } = pendingFields(context, stored);
  const waiting = [...held, ...refusedBefore.map(({ field }) => field)];
  return SYNC_FIELDS.filter((field) => {
    const mayArrive = edits[field]?.sent !== undefined && !waiting.includes(field);
    if (!writable.includes(field) && !mayArrive) return false;
    if (field === "parent") return issue.parent_ref === null || isThere(store, issue.parent_ref);
    return field !== "links" || issue.links.every(({ ref }) => isThere(store, ref));
  });
}

/**
 * Returns whether something else than is wanted now was sent of an issue, and not answered: what has come of it must be
 * known before anything newer is sent, or it would be taken for a change of others.
 */
export function isOutstanding({ issue, edits }: StoredIssue): boolean {
  const wanted = fieldsOf(issue);
  return Object.entries(edits).some(([field, { sent }]) => {
    if (sent === undefined) return false;
    const patch = valuesOf([[field, sent]]);
    return differingFields(wanted, { ...wanted, ...patch }).length > 0;
  });
}

/** The values that the host may hold of each field: what it last showed, and what was sent without an answer. */
function fieldsBefore({ base, edits }: StoredIssue): readonly FieldPatch[] {
  const sent = valuesOf(
    Object.entries(edits).flatMap(([field, edit]) =>
      edit.sent === undefined ? [] : [[field, edit.sent] as const]
    ),
  );
  return base === null ? [sent] : [fieldsOf(base), sent];
}

function isThere({ issues }: SyncStore, { id }: ExternalRef): boolean {
  const stored = issues.load(id);
  return stored === null || stored.base !== null;
}

function patchOf(
  before: readonly FieldPatch[],
  wanted: FieldPatch,
  { patchSets }: Pick<OfferedExtensions, "patchSets">,
): PushPatch {
  const patch: Writable<PushPatch> = {};
  for (const field of patchedFields(wanted)) {
    Object.assign(patch, partOf(field, before, wanted, patchSets));
  }
  return patch;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function partOf(
  field: SyncField,
  before: readonly FieldPatch[],
  wanted: FieldPatch,
  patchSets: boolean,
): PushPatch {
  switch (field) {
    case "status":
      return {};
    case "parent":
      return { parent_ref: wanted.parent == null ? null : plainRef(wanted.parent) };
    case "assignees": {
      if (!patchSets) return { assignees: wanted.assignees };
      const { add, remove } = setChange(before, wanted, (values) => values.assignees, String);
      return { ...some("assignees_add", add), ...some("assignees_remove", remove) };
    }
    case "labels": {
      if (!patchSets) return { labels: wanted.labels };
      const { add, remove } = setChange(before, wanted, (values) => values.labels, String);
      return { ...some("labels_add", add), ...some("labels_remove", remove) };
    }
    case "links": {
      const { add, remove } = setChange(before, wanted, (values) => values.links, linkName);
      return {
        ...some("links_add", add.map(plainLink)),
        ...some("links_remove", remove.map(plainLink)),
      };
    }
    case "custom_fields": {
      const changes = customChanges(before, wanted.custom_fields ?? {});
      return Object.keys(changes).length === 0 ? {} : { custom_fields: changes };
    }
    default:
      return { [field]: wanted[field] };
  }
}

function some<Key extends keyof PushPatch, T>(
  key: Key,
  members: readonly T[],
): { readonly [K in Key]?: readonly T[] } {
  const part: { [K in Key]?: readonly T[] } = {};
  if (members.length > 0) part[key] = members;
  return part;
}

/** What makes any of the sets from before the wanted one. */
function setChange<T>(
  before: readonly FieldPatch[],
  wanted: FieldPatch,
  setOf: (values: FieldPatch) => readonly T[] | undefined,
  nameOf: (member: T) => string,
): { readonly add: readonly T[]; readonly remove: readonly T[] } {
  const ours = setOf(wanted) ?? [];
  const names = new Set(ours.map(nameOf));
  const olds = before.flatMap((values) => {
    const set = setOf(values);
    return set === undefined ? [] : [new Map(set.map((member) => [nameOf(member), member]))];
  });
  const known = new Map(olds.flatMap((set) => [...set]));
  return {
    add: ours.filter((member) => olds.length === 0 || olds.some((set) => !set.has(nameOf(member)))),
    remove: [...known].filter(([name]) => !names.has(name)).map(([, member]) => member),
  };
}

function customChanges(before: readonly FieldPatch[], wanted: JsonObject): JsonObject {
  const olds = before.flatMap(({ custom_fields }): JsonObject[] =>
    custom_fields === undefined ? [] : [custom_fields]
  );
  const names = new Set([wanted, ...olds].flatMap((fields) => Object.keys(fields)));
  const changes = [...names].filter((name) =>
    olds.length === 0 || olds.some((old) => text(old[name]) !== text(wanted[name]))
  );
  return Object.fromEntries(changes.map((name) => [name, wanted[name] ?? null]));
}

function text(value: unknown): string {
  return value === undefined ? "" : canonicalJson(value);
}

function plainLink({ type, ref }: IssueLink): IssueLink {
  return { type, ref: plainRef(ref) };
}

/** A reference as the contract has it, without what a host added to it. */
function plainRef({ system, workspace, id, key }: ExternalRef): ExternalRef {
  return { system, workspace, id, ...(key == null ? {} : { key }) };
}
