import type { JsonObject } from "../../contract/field.ts";
import type { ExternalRef, NormalizedIssue, Status } from "../../contract/issue.ts";
import type { PushItem, PushPatch } from "../../contract/push.ts";
import type { ItemError, PushItemOutcome, PushResultItem } from "../../contract/results.ts";
import type { Pause } from "../../platform/pauses.ts";
import { providerOf } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { OWN_ISSUE } from "../model/own_issue.ts";
import type { Resource } from "../model/resource.ts";
import { type StoredIssue, storeIssue, takeIssueNumber } from "../store/issues.ts";
import { mapPackage } from "../store/packages.ts";
import { MAX_LINKS, type PatchedLinks, resolveLinks } from "./links.ts";
import { isNameTaken, issueOfCaller, issueOfPush, refOfName } from "./named_issue.ts";
import { judgeParent, type LookupBudget } from "./parents.ts";

/** What became of one pushed item. */
export interface AppliedItem {
  readonly item: PushResultItem;
  readonly error: ItemError | null;
}

/** What the items of a push share. */
export interface PushBudget extends LookupBudget {
  /** What conflicts may still add to the answer. */
  readonly room: ConflictRoom;
  /** Lets others have their turn. */
  readonly pause: Pause;
  /** Whether no connection brings the resource, which one has brought. */
  readonly isDetached: boolean;
}

/** How much text the issues of conflicts may still add to an answer, which has a limit of its own. Counted down. */
export interface ConflictRoom {
  characters: number;
}

/** Returns the room of one answer. A client refuses more than 32 MiB, and a character may take three bytes. */
export function conflictRoom(): ConflictRoom {
  return { characters: 4 * 1024 * 1024 };
}

/**
 * Applies one pushed item to a resource. Returns `null`, and has changed nothing, when the budget does not suffice
 * to judge its parent. Runs inside the caller's transaction.
 */
export async function applyItem(
  context: TransactionContext,
  resource: Resource,
  item: PushItem,
  budget: PushBudget,
): Promise<AppliedItem | null> {
  const applied = await apply(context, resource, item, budget);
  return applied === null ? null : appliedItem(item, applied);
}

/** Returns what becomes of an item whose parent no budget suffices to judge. */
export function refusedParent(item: PushItem): AppliedItem {
  return appliedItem(item, failed("invalid_parent", TOO_MANY_LEVELS));
}

const TOO_MANY_LEVELS = "Too many issues are above and below it to tell whether the parent fits";

function appliedItem(item: PushItem, applied: Applied): AppliedItem {
  const { ref, action } = item;
  if (applied.kind === "done") {
    const { outcome, ref: remote_ref, version } = applied;
    return {
      item: { ref, action, outcome, remote_ref, version: String(version), message: null },
      error: null,
    };
  }
  const { code, message, details } = applied;
  return {
    item: { ref, action, outcome: "failed", remote_ref: null, version: null, message },
    error: { ref, code, message, retryable: false, ...(details === null ? {} : { details }) },
  };
}

type Failed = Extract<Applied, { readonly kind: "failed" }>;

type Applied =
  | {
    readonly kind: "done";
    readonly outcome: Exclude<PushItemOutcome, "failed">;
    readonly ref: ExternalRef;
    readonly version: number;
  }
  | {
    readonly kind: "failed";
    readonly code: string;
    readonly message: string;
    readonly details: JsonObject | null;
  };

async function apply(
  context: TransactionContext,
  resource: Resource,
  item: PushItem,
  budget: PushBudget,
): Promise<Applied | null> {
  const { store } = context;
  if (item.ref.system !== resource.provider) {
    return failed("ref_mismatch", `"${item.ref.system}" is not the provider of this binding`);
  }
  if (item.ref.workspace !== resource.workspace) {
    return failed(
      "ref_mismatch",
      `The workspace "${item.ref.workspace}" is not "${resource.workspace}"`,
    );
  }
  const known = item.action === "create"
    ? await issueOfCaller(store, resource, item.ref.id)
    : await issueOfPush(store, resource, item.ref.id);
  if (item.action === "create" && known !== null) {
    return { kind: "done", outcome: "unchanged", ref: known.issue.ref, version: known.version };
  }
  const wished = item.patch ?? {};
  const links = await linksOf(context, resource, wished, known, budget);
  if (links === null || "kind" in links) return links;
  const parent = await parentOf(context, resource, wished, known, budget);
  if (parent === null || "kind" in parent) return parent;
  const fields = { ...wished, ...links, ...parent };
  return item.action === "create"
    ? await createIssue(context, resource, { item, fields, pause: budget.pause })
    : await changeIssue(context, resource, { item, known, fields, ...budget });
}

/** Resolves the parent that a patch names; `null` when the budget does not suffice to judge it. */
async function parentOf(
  { store }: TransactionContext,
  resource: Resource,
  { parent_ref: wished }: PushPatch,
  known: StoredIssue | null,
  budget: LookupBudget,
): Promise<Failed | Pick<PushPatch, "parent_ref"> | null> {
  if (wished == null) return {};
  const parent = await refOfName(store, resource, wished.id);
  const name = wished.key ?? wished.id;
  if (parent === null) return failed("invalid_parent", `No issue "${name}" to be the parent`);
  // A new issue has nothing below it, and one that keeps its parent is where it was.
  if (known !== null && known.issue.parent_ref?.id !== parent.id) {
    const self = known.issue.ref.id;
    const verdict = await judgeParent(store, resource.id, self, parent.id, budget);
    if (verdict === "unknown") return null;
    if (verdict === "cycle") {
      return failed("invalid_parent", `"${name}" is the issue itself or below it`);
    }
  }
  return { parent_ref: parent };
}

/** Resolves the links that a patch names; `null` when the budget does not suffice. */
async function linksOf(
  { store }: TransactionContext,
  resource: Resource,
  patch: PushPatch,
  known: StoredIssue | null,
  budget: LookupBudget,
): Promise<Failed | PatchedLinks | null> {
  const links = await resolveLinks(store, resource, patch, budget);
  if (links === "unknown") return null;
  if (links === "many") {
    return failed("invalid_link", `One item changes at most ${MAX_LINKS} links`);
  }
  return (links.links_add ?? []).some(({ ref }) => ref.id === known?.issue.ref.id)
    ? failed("invalid_link", "An issue cannot be linked to itself")
    : links;
}

/** Creates an issue under the caller's id, so that a repeat finds what the first one created. */
async function createIssue(
  context: TransactionContext,
  resource: Resource,
  creation: Pick<ItemChange, "item" | "fields" | "pause">,
): Promise<Applied> {
  const { store } = context;
  const { item, pause } = creation;
  const { title } = creation.fields;
  if (title === undefined) return failed("title_required", "A new issue needs a title");
  const provider = providerOf(resource.provider);
  const ref = await newRef(context, resource);
  const now = context.now();
  const fields = { ...creation.fields, title, status: item.target_status ?? undefined };
  await storeIssue(store, resource.id, provider.create(ref, fields, now), true, { pause });
  await mapPackage(store, {
    resourceId: resource.id,
    packageId: item.ref.id,
    issueId: ref.id,
    at: now,
  });
  return { kind: "done", outcome: "created", ref, version: 1 };
}

/** Returns a reference whose key no other issue has: imported ones come with keys of their own. */
async function newRef(
  { store, newId }: TransactionContext,
  resource: Resource,
): Promise<ExternalRef> {
  const id = newId(OWN_ISSUE);
  while (true) {
    const number = await takeIssueNumber(store, resource.id);
    const ref = providerOf(resource.provider).refOf(resource, number, id);
    if (ref.key == null || !await isNameTaken(store, resource, ref.key)) return ref;
  }
}

/** What an item makes of an issue. */
interface ItemChange extends Pick<PushBudget, "room" | "pause" | "isDetached"> {
  readonly item: PushItem;
  /** `null` where there is none. */
  readonly known: StoredIssue | null;
  readonly fields: PushPatch;
}

async function changeIssue(
  context: TransactionContext,
  resource: Resource,
  change: ItemChange,
): Promise<Applied> {
  const { item, known, room, pause, isDetached } = change;
  if (known === null) {
    return failed("issue_not_found", `No issue "${item.ref.id}" in "${resource.label}"`);
  }
  const { issue, version } = known;
  await pause();
  const fields = { ...change.fields, status: item.target_status ?? undefined };
  const outcome = providerOf(resource.provider).change(resource, issue, fields, context.now());
  const isOutdated = item.base_version != null && item.base_version !== String(version);
  // What is as it should be already is no conflict: the answer to an earlier sending may have been lost.
  if (isOutdated && outcome.kind !== "unchanged") return conflict(item.base_version, known, room);
  switch (outcome.kind) {
    case "refused":
      return failed(
        "transition_not_allowed",
        notAllowed(issue.status, fields.status, outcome.allowed),
      );
    case "unchanged":
      return { kind: "done", outcome: "unchanged", ref: issue.ref, version };
    case "changed":
      if (growsTooLarge(issue, outcome.issue)) return failed("issue_too_large", TOO_LARGE);
      await pause();
      await storeIssue(context.store, resource.id, outcome.issue, true, { pause, isDetached });
  }
  return {
    kind: "done",
    outcome: item.action === "transition" ? "transitioned" : "updated",
    ref: issue.ref,
    version: version + 1,
  };
}

/** Bytes of one issue at most: a client refuses an answer of more than 32 MiB, whatever it is that fills it. */
const MAX_ISSUE_BYTES = 10 * 1024 * 1024;

const TOO_LARGE = "The issue would become larger than 10 MiB";

/** Returns whether a change adds to an issue what no answer has room for. One that makes it smaller never does. */
function growsTooLarge(before: NormalizedIssue, after: NormalizedIssue): boolean {
  const text = JSON.stringify(after);
  // A character takes three bytes at most.
  if (text.length * 3 <= MAX_ISSUE_BYTES) return false;
  const bytes = bytesOf(text);
  return bytes > MAX_ISSUE_BYTES && bytes > bytesOf(JSON.stringify(before));
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function failed(code: string, message: string, details: JsonObject | null = null): Failed {
  return { kind: "failed", code, message, details };
}

/** An issue that the answer has no room for is left out: the next pull brings it. */
function conflict(
  base: string | null | undefined,
  { issue, version }: StoredIssue,
  room: ConflictRoom,
): Failed {
  const current = { ...issue, version: String(version) };
  const { length } = JSON.stringify(current);
  const fits = length <= room.characters;
  if (fits) room.characters -= length;
  return failed(
    "version_conflict",
    `The issue has changed since version "${base}"; it is at version "${version}" now`,
    fits ? { current } : null,
  );
}

function notAllowed(from: Status, to: Status | undefined, allowed: readonly Status[]): string {
  return `The workflow allows no transition from "${from}" to "${to}"; allowed: ${
    allowed.join(", ")
  }`;
}
