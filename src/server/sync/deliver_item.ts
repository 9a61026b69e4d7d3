import type { JsonObject } from "../../contract/field.ts";
import type { ExternalRef, NormalizedIssue } from "../../contract/issue.ts";
import type { PushItem, PushPatch } from "../../contract/push.ts";
import type { ItemError, PushItemOutcome, PushResultItem } from "../../contract/results.ts";
import {
  type Access,
  type IssueChange,
  ProviderError,
  type RefusedField,
  type Remote,
  type RemotePlace,
} from "../../providers/mod.ts";
import { isOwnIssue } from "../model/own_issue.ts";
import type { Resource } from "../model/resource.ts";
import type { HostStore } from "../store/store.ts";
import { type FieldConflict, mergePatch } from "./merge_patch.ts";
import { issueOfCaller, issueOfPush, refOfName } from "./named_issue.ts";
import { creationFields, linksNow } from "./own_issue.ts";

/** What became of a delivery at the provider. */
export type Delivered =
  | {
    readonly kind: "done";
    readonly outcome: Exclude<PushItemOutcome, "failed">;
    /** The issue as the provider shows it now. */
    readonly issue: NormalizedIssue;
    /** What the provider left out, for people. */
    readonly note?: string | null;
    /** Fields that the provider refused; all others were delivered. None unless given. */
    readonly faults?: readonly DeliveryFault[];
    /** What an issue that was created now was to have. */
    readonly asked?: IssueChange;
  }
  | {
    readonly kind: "failed";
    /** At least one. What they do not name was delivered where each of them names a field. */
    readonly faults: readonly DeliveryFault[];
    /** The issue as the provider shows it, when it was read; `gone` when it is there no more. */
    readonly issue: NormalizedIssue | "gone" | null;
  };

/** Why something of an item was not delivered. */
export interface DeliveryFault {
  readonly code: string;
  readonly message: string;
  readonly details: JsonObject | null;
}

/** What the delivery of an item works with. */
export interface DeliveryTools {
  readonly store: HostStore;
  readonly resource: Resource;
  readonly remote: Remote;
  readonly access: Access;
  readonly place: RemotePlace;
  /** What both sides agreed on, of the fields that the item changes. */
  readonly shadow: JsonObject;
  /** Whether it was made while no connection brought its resource: no client waits for it. */
  readonly isTakenUp: boolean;
  /** Names a new issue at the provider: a UUID that is the same at each attempt. */
  readonly clientId: string;
  /** Whether calls were made for the item before, whose answers may have been lost. */
  readonly wasTried: boolean;
  /** Says that writes follow; throws when they may no longer be made here. */
  readonly beforeWrite: () => Promise<void>;
}

/**
 * Delivers one item: reads the issue, merges field by field, sends what differs, reads it again. What both sides have
 * changed is told, and the other fields are sent. A new issue that may have been created already is looked up first.
 * Runs outside any transaction.
 *
 * @throws {ProviderError} when the provider cannot be asked now.
 */
export async function deliverItem(tools: DeliveryTools, item: PushItem): Promise<Delivered> {
  const { resource } = tools;
  if (item.ref.system !== resource.provider || item.ref.workspace !== resource.workspace) {
    return failure("ref_mismatch", `"${item.ref.workspace}" is not "${resource.workspace}"`);
  }
  const notes: string[] = [];
  const refused = new Map<string, DeliveryFault>();
  const access = {
    ...tools.access,
    onNote: (words: string) => notes.push(words),
    onRefusedField: (field: RefusedField) => refused.set(field.field, fieldFault(field)),
  };
  try {
    const delivered = await (item.action === "create" ? create : change)(
      { ...tools, access },
      item,
    );
    return withRefused(withNotes(delivered, notes), item, [...refused.values()]);
  } catch (error) {
    return { kind: "failed", faults: [...refused.values(), rejection(error)], issue: null };
  }
}

function fieldFault({ field, code, message }: RefusedField): DeliveryFault {
  return { code, message, details: { field } };
}

/** Adds the fields that the provider refused. A change of nothing else has failed. */
function withRefused(
  delivered: Delivered,
  { action, target_status, patch }: PushItem,
  refused: readonly DeliveryFault[],
): Delivered {
  if (refused.length === 0) return delivered;
  if (delivered.kind === "failed") {
    return { ...delivered, faults: [...delivered.faults, ...refused] };
  }
  const others = Object.keys(patch ?? {}).filter((field) => !/^assignees/.test(field));
  const isChange = action !== "create" && others.length === 0 && target_status == null;
  return isChange
    ? { kind: "failed", faults: refused, issue: delivered.issue }
    : { ...delivered, faults: refused };
}

/** Adds what the provider has written otherwise than it was asked to. */
function withNotes(delivered: Delivered, notes: readonly string[]): Delivered {
  if (delivered.kind === "failed" || notes.length === 0) return delivered;
  const all = [...delivered.note == null ? [] : [delivered.note], ...new Set(notes)];
  return { ...delivered, note: all.join(". ") };
}

/** Returns what the provider said to a change that it does not take; throws anything else. */
function rejection(error: unknown): DeliveryFault {
  if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
  return { code: error.fault.code, message: error.message, details: null };
}

async function create(tools: DeliveryTools, item: PushItem): Promise<Delivered> {
  const { store, resource, remote, access, place, clientId } = tools;
  const known = await issueOfCaller(store, resource, item.ref.id);
  if (isOwnIssue(item.ref.id)) {
    if (known === null) return failure("issue_not_found", `The issue "${item.ref.id}" is gone`);
    if (known.issue.ref.id === item.ref.id) return await createOwn(tools, known.issue);
  }
  if (known !== null) return { kind: "done", outcome: "unchanged", issue: known.issue };
  const { title } = item.patch ?? {};
  if (title === undefined) return failure("title_required", "A new issue needs a title");
  const resolved = await resolvedPatch(tools, item.patch ?? {});
  if ("kind" in resolved) return resolved;
  const fields = { ...resolved, title, status: item.target_status ?? undefined };
  if (tools.wasTried) {
    const found = await remote.findCreated(access, place, { clientId, fields });
    if (found !== null) return created(found, fields);
  }
  await tools.beforeWrite();
  try {
    return created(await remote.create(access, place, { clientId, fields }), fields);
  } catch (error) {
    if (item.work_package == null || !isTypeRefused(error, fields)) throw error;
    const { issue_type: _, ...nearest } = fields;
    return created(await remote.create(access, place, { clientId, fields: nearest }), nearest);
  }
}

/** Returns whether a provider has refused, before anything was created, that an issue is a part of another one. */
function isTypeRefused(error: unknown, { issue_type }: IssueChange): boolean {
  return issue_type === "subtask" && error instanceof ProviderError &&
    error.fault.kind === "rejected" &&
    (error.fault.code === "unsupported_type" || error.fault.code === "invalid_parent");
}

/** Creates what the host has made itself, as it is now. An earlier attempt may have done so already. */
async function createOwn(tools: DeliveryTools, issue: NormalizedIssue): Promise<Delivered> {
  const { store, resource, remote, access, place, clientId } = tools;
  const fields = await creationFields(store, resource, issue);
  const found = await remote.findCreated(access, place, { clientId, fields });
  if (found !== null) return created(found, fields);
  await tools.beforeWrite();
  return created(await remote.create(access, place, { clientId, fields }), fields);
}

function created(issue: NormalizedIssue, fields: IssueChange): Delivered {
  return { kind: "done", outcome: "created", issue, note: leftOut(issue, fields), asked: fields };
}

/** Says which status, parent and links a new issue was to have and does not; `null` for none. */
function leftOut(
  { parent_ref: has, links, ...issue }: NormalizedIssue,
  { parent_ref: wanted, links_add = [], status }: IssueChange,
): string | null {
  const names = ({ key, id }: ExternalRef) => `"${key ?? id}"`;
  const there = new Set(links.map(({ type, ref }) => `${type} ${ref.id}`));
  const missing = [
    ...(status === undefined || status === issue.status ? [] : [`the status "${status}"`]),
    ...(wanted == null || has?.id === wanted.id ? [] : [`the parent ${names(wanted)}`]),
    ...links_add.filter(({ type, ref }) => !there.has(`${type} ${ref.id}`))
      .map(({ ref }) => `the link to ${names(ref)}`),
  ];
  return missing.length === 0 ? null : `The provider did not take ${missing.join(", ")}`;
}

async function change(tools: DeliveryTools, item: PushItem): Promise<Delivered> {
  const { store, resource, remote, access, place } = tools;
  const known = await issueOfPush(store, resource, item.ref.id);
  if (known === null) {
    return failure("issue_not_found", `No issue "${item.ref.id}" in "${resource.label}"`);
  }
  const { id } = known.issue.ref;
  if (isOwnIssue(id)) {
    const words = `The issue "${item.ref.id}" was made while no connection brought ` +
      `"${resource.label}", and the provider did not take it`;
    return failure("not_at_provider", words);
  }
  const theirs = await remote.get(access, place, id);
  if (theirs === null) {
    return { ...failure("issue_not_found", `The issue "${item.ref.id}" is gone`), issue: "gone" };
  }
  const resolved = await resolvedPatch(tools, item.patch ?? {});
  if ("kind" in resolved) return { ...resolved, issue: theirs };
  const wanted: IssueChange = { ...resolved, status: item.target_status ?? undefined };
  const { shadow, isTakenUp } = tools;
  // Only what was made without a connection needs it.
  const mergeTexts = isTakenUp ? (await import("../../contract/text_merge.ts")).mergeTexts : null;
  const { fields, conflicts } = mergePatch(theirs, { shadow, wanted, mergeTexts });
  // A client knows what the version that it names said, and merges field by field: nothing is sent before it has.
  if (item.base_version != null && conflicts.some(({ base }) => base === undefined)) {
    return { kind: "failed", faults: [OUTDATED], issue: theirs };
  }
  const faults = conflicts.map(conflictFault);
  if (Object.keys(fields).length === 0) {
    return faults.length > 0
      ? { kind: "failed", faults, issue: theirs }
      : { kind: "done", outcome: "unchanged", issue: theirs };
  }
  await tools.beforeWrite();
  try {
    await remote.change(access, place, theirs, fields);
  } catch (error) {
    return { kind: "failed", faults: [...faults, rejection(error)], issue: theirs };
  }
  const after = await remote.get(access, place, id);
  if (after === null) {
    return { ...failure("issue_not_found", `The issue "${item.ref.id}" is gone`), issue: "gone" };
  }
  if (faults.length > 0) return { kind: "failed", faults, issue: after };
  const outcome = item.action === "transition" ? "transitioned" : "updated";
  return { kind: "done", outcome, issue: after };
}

/** The item was made on a version of which the host no longer knows what it said. */
const OUTDATED: DeliveryFault = {
  code: "version_conflict",
  message: "The issue has changed since the version that the change was made on",
  details: null,
};

function conflictFault({ field, base, ours, theirs }: FieldConflict): DeliveryFault {
  return {
    code: "version_conflict",
    message: `"${field}" was changed at the provider, too`,
    details: JSON.parse(JSON.stringify({ field, base, ours, theirs })),
  };
}

/** Gives the parent and the links of a patch the references that their issues are stored under. */
async function resolvedPatch(
  { store, resource }: DeliveryTools,
  patch: PushPatch,
): Promise<PushPatch | Extract<Delivered, { kind: "failed" }>> {
  const { parent_ref, links_add, links_remove } = patch;
  const linked = {
    ...patch,
    ...(links_add === undefined ? {} : { links_add: await linksNow(store, resource, links_add) }),
    ...(links_remove === undefined
      ? {}
      : { links_remove: await linksNow(store, resource, links_remove) }),
  };
  if (parent_ref == null) return linked;
  const parent: ExternalRef | null = await refOfName(store, resource, parent_ref.id);
  return parent === null
    ? failure("invalid_parent", `No issue "${parent_ref.key ?? parent_ref.id}" to be the parent`)
    : { ...linked, parent_ref: parent };
}

/** Returns the end of an item of which nothing was delivered. */
export function failure(code: string, message: string): Extract<Delivered, { kind: "failed" }> {
  return { kind: "failed", faults: [{ code, message, details: null }], issue: null };
}

/** Returns what a client is told of a delivery; `version` is that of the issue as stored. */
export function deliveryResult(
  { ref, action }: PushItem,
  delivered: Delivered,
  version: number | null,
): { readonly item: PushResultItem; readonly errors: readonly ItemError[] } {
  const { faults = [] } = delivered;
  const words = faults.map(({ message }) => message);
  const { issue = null } = delivered;
  const errors = faults.map((fault) => {
    const { code, message } = fault;
    const details = fault === OUTDATED && issue !== "gone" && issue !== null && version !== null
      ? { current: { ...issue, version: String(version) } }
      : fault.details;
    return { ref, code, message, retryable: false, ...(details === null ? {} : { details }) };
  });
  if (delivered.kind === "done") {
    const { outcome, issue, note = null } = delivered;
    const message = [...note === null ? [] : [note], ...words].join(". ");
    return {
      item: {
        ref,
        action,
        outcome,
        remote_ref: issue.ref,
        version: version === null ? null : String(version),
        message: message === "" ? null : message,
      },
      errors,
    };
  }
  const message = words.join("; ");
  return {
    item: { ref, action, outcome: "failed", remote_ref: null, version: null, message },
    errors,
  };
}
