import type { ExternalRef, Status } from "../../contract/issue.ts";
import type { PushItem, PushPatch } from "../../contract/push.ts";
import type { ItemError, PushItemOutcome, PushResultItem } from "../../contract/results.ts";
import { providerOf } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import type { Resource } from "../model/resource.ts";
import {
  findIssue,
  findIssueRef,
  type StoredIssue,
  storeIssue,
  takeIssueNumber,
} from "../store/issues.ts";
import { issueIdOfPackage, mapPackage } from "../store/packages.ts";
import type { Transaction } from "../store/store.ts";
import { judgeParent, type LookupBudget } from "./parents.ts";

/** What became of one pushed item. */
export interface AppliedItem {
  readonly item: PushResultItem;
  readonly error: ItemError | null;
}

/**
 * Applies one pushed item to a resource. Returns `null`, and has changed nothing, when the budget does not suffice
 * to judge its parent. Runs inside the caller's transaction.
 */
export async function applyItem(
  context: TransactionContext,
  resource: Resource,
  item: PushItem,
  budget: LookupBudget,
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
  const { code, message } = applied;
  return {
    item: { ref, action, outcome: "failed", remote_ref: null, version: null, message },
    error: { ref, code, message, retryable: false },
  };
}

type Applied =
  | {
    readonly kind: "done";
    readonly outcome: Exclude<PushItemOutcome, "failed">;
    readonly ref: ExternalRef;
    readonly version: number;
  }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

async function apply(
  context: TransactionContext,
  resource: Resource,
  item: PushItem,
  budget: LookupBudget,
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
    : await findIssue(store, resource.id, item.ref.id) ??
      await issueOfCaller(store, resource, item.ref.id);
  if (item.action === "create" && known !== null) {
    return { kind: "done", outcome: "unchanged", ref: known.issue.ref, version: known.version };
  }
  const patch = item.patch ?? {};
  const wished = patch.parent_ref;
  const applyTo = (fields: PushPatch) =>
    item.action === "create"
      ? createIssue(context, resource, item, fields)
      : changeIssue(context, resource, { item, known, fields });
  if (wished == null) return await applyTo(patch);
  const parent = await findIssueRef(store, resource.id, wished.id) ??
    (await issueOfCaller(store, resource, wished.id))?.issue.ref ?? null;
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
  return await applyTo({ ...patch, parent_ref: parent });
}

/** Creates an issue under the caller's id, so that a repeat finds what the first one created. */
async function createIssue(
  context: TransactionContext,
  resource: Resource,
  item: PushItem,
  patch: PushPatch,
): Promise<Applied> {
  const { store } = context;
  const { title } = patch;
  if (title === undefined) return failed("title_required", "A new issue needs a title");
  const number = await takeIssueNumber(store, resource.id);
  const provider = providerOf(resource.provider);
  const ref = provider.refOf(resource, number, context.newId("iss"));
  const now = context.now();
  const fields = { ...patch, title, status: item.target_status ?? undefined };
  await storeIssue(store, resource.id, provider.create(ref, fields, now), true);
  await mapPackage(store, {
    resourceId: resource.id,
    packageId: item.ref.id,
    issueId: ref.id,
    at: now,
  });
  return { kind: "done", outcome: "created", ref, version: 1 };
}

async function changeIssue(
  context: TransactionContext,
  resource: Resource,
  change: {
    readonly item: PushItem;
    readonly known: StoredIssue | null;
    readonly fields: PushPatch;
  },
): Promise<Applied> {
  const { item, known } = change;
  if (known === null) {
    return failed("issue_not_found", `No issue "${item.ref.id}" in "${resource.label}"`);
  }
  const { issue, version } = known;
  const fields = { ...change.fields, status: item.target_status ?? undefined };
  const outcome = providerOf(resource.provider).change(resource, issue, fields, context.now());
  switch (outcome.kind) {
    case "refused":
      return failed(
        "transition_not_allowed",
        notAllowed(issue.status, fields.status, outcome.allowed),
      );
    case "unchanged":
      return { kind: "done", outcome: "unchanged", ref: issue.ref, version };
    case "changed":
      await storeIssue(context.store, resource.id, outcome.issue, true);
  }
  return {
    kind: "done",
    outcome: item.action === "transition" ? "transitioned" : "updated",
    ref: issue.ref,
    version: version + 1,
  };
}

async function issueOfCaller(
  tx: Transaction,
  resource: Resource,
  callerId: string,
): Promise<StoredIssue | null> {
  const issueId = await issueIdOfPackage(tx, resource.id, callerId);
  return await findIssue(tx, resource.id, issueId ?? callerId);
}

function failed(code: string, message: string): Applied {
  return { kind: "failed", code, message };
}

function notAllowed(from: Status, to: Status | undefined, allowed: readonly Status[]): string {
  return `The workflow allows no transition from "${from}" to "${to}"; allowed: ${
    allowed.join(", ")
  }`;
}
