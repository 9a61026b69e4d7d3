import {
  blankIssue,
  type ExternalRef,
  type NormalizedIssue,
  type Status,
} from "../../contract/issue.ts";
import type { PushItem, PushPatch } from "../../contract/push.ts";
import type {
  ItemError,
  PushItemOutcome,
  PushResult,
  PushResultItem,
} from "../../contract/results.ts";
import { isoTime } from "../../platform/clock.ts";
import type { HostData } from "../store/host_data.ts";
import { findIssue, putIssue, type StoredIssue, takeNumber } from "../store/issues.ts";
import { findRef, judgeParent, type LookupBudget } from "./parents.ts";
import { identityPath, type Resource } from "../store/resources.ts";
import { text } from "../store/row.ts";
import { allowedTargets } from "../model/workflow.ts";

/** Lookups of parents that one answer may make; a push that needs more continues after its answer. */
const LOOKUPS_OF_A_REQUEST = 10_000;

/** Lookups for the parent of one issue: more are needed only by thousands of levels above and below it. */
const LOOKUPS_OF_AN_ITEM = 10_000;

/** What became of one pushed item. */
export interface AppliedItem {
  readonly item: PushResultItem;
  readonly error: ItemError | null;
}

/**
 * Applies pushed items to a resource, each on its own: one that fails stops none of the others. Gives `null`
 * when that is more work than one answer may take; nothing is to be kept then. Runs inside the caller's
 * transaction. Hosted API, Shapes (PushResult).
 */
export function applyPush(
  data: HostData,
  resource: Resource,
  userId: string,
  items: readonly PushItem[],
): PushResult | null {
  const budget = { left: LOOKUPS_OF_A_REQUEST };
  const applied: AppliedItem[] = [];
  for (const item of items) {
    const done = applyItem(data, resource, item, budget);
    if (done === null) return null;
    applied.push(done);
  }
  const errors = applied.flatMap(({ error }) => error === null ? [] : [error]);
  const unchanged = applied.filter(({ item }) => item.outcome === "unchanged").length;
  return {
    ...pushHead({ total: items.length, failed: errors.length, unchanged }),
    items: applied.map(({ item }) => item),
    item_errors: errors.length === 0 ? null : errors,
    identity_path: identityPath(data, resource.installationId, userId),
  };
}

/** Status and summary of a push, from its counts. */
export function pushHead(
  { total, failed, unchanged }: { total: number; failed: number; unchanged: number },
): Pick<PushResult, "status" | "summary"> {
  return {
    status: failed === 0 ? "ok" : failed === total ? "error" : "partial",
    summary: { total, succeeded: total - failed - unchanged, failed, skipped: unchanged },
  };
}

/**
 * Applies the first of `items` and as many after it as others can wait for. Runs inside the caller's
 * transaction.
 */
export function applySlice(
  data: HostData,
  resource: Resource,
  items: readonly PushItem[],
): AppliedItem[] {
  const budget = { left: LOOKUPS_OF_A_SLICE };
  const applied: AppliedItem[] = [];
  for (const item of items) {
    const done = applyItem(data, resource, item, budget);
    if (done !== null) applied.push(done);
    else if (applied.length > 0) return applied;
    else {
      const alone = applyItem(data, resource, item, { left: LOOKUPS_OF_AN_ITEM });
      return [alone ?? appliedItem(item, failed("invalid_parent", TOO_MANY_LEVELS))];
    }
  }
  return applied;
}

const LOOKUPS_OF_A_SLICE = 2_000;

const TOO_MANY_LEVELS = "Too many issues are above and below it to tell whether the parent fits";

/** Gives `null`, and has changed nothing, when the budget does not suffice. */
function applyItem(
  data: HostData,
  resource: Resource,
  item: PushItem,
  budget: LookupBudget,
): AppliedItem | null {
  const applied = apply(data, resource, item, budget);
  return applied === null ? null : appliedItem(item, applied);
}

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

function apply(
  data: HostData,
  resource: Resource,
  item: PushItem,
  budget: LookupBudget,
): Applied | null {
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
    ? issueOfCaller(data, resource, item.ref.id)
    : findIssue(data, resource.id, item.ref.id) ?? issueOfCaller(data, resource, item.ref.id);
  if (item.action === "create" && known !== null) {
    return { kind: "done", outcome: "unchanged", ref: known.issue.ref, version: known.version };
  }
  const patch = item.patch ?? {};
  const wished = patch.parent_ref;
  if (wished == null) return applyTo(data, resource, item, known, patch);
  const parent = findRef(data, resource.id, wished.id) ??
    issueOfCaller(data, resource, wished.id)?.issue.ref ?? null;
  const name = wished.key ?? wished.id;
  if (parent === null) return failed("invalid_parent", `No issue "${name}" to be the parent`);
  // A new issue has nothing below it, and one that keeps its parent is where it was.
  if (known !== null && known.issue.parent_ref?.id !== parent.id) {
    const self = known.issue.ref.id;
    const verdict = judgeParent(data, resource.id, self, parent.id, budget);
    if (verdict === "unknown") return null;
    if (verdict === "cycle") {
      return failed("invalid_parent", `"${name}" is the issue itself or below it`);
    }
  }
  return applyTo(data, resource, item, known, { ...patch, parent_ref: parent });
}

function applyTo(
  data: HostData,
  resource: Resource,
  item: PushItem,
  known: StoredIssue | null,
  patch: PushPatch,
): Applied {
  return item.action === "create"
    ? createIssue(data, resource, item, patch)
    : changeIssue(data, resource, item, known, patch);
}

/** Keyed by the caller's id: a repeat finds what the first one made. */
function createIssue(
  data: HostData,
  resource: Resource,
  item: PushItem,
  patch: PushPatch,
): Applied {
  const { title } = patch;
  if (title === undefined) return failed("title_required", "A new issue needs a title");
  const number = takeNumber(data, resource.id);
  const now = data.nowIso();
  const isRepository = resource.key.includes("/");
  const key = isRepository ? `#${number}` : `${resource.key}-${number}`;
  const ref: ExternalRef = {
    system: resource.provider,
    workspace: resource.workspace,
    id: data.newId("iss"),
    key,
    url: resource.url.endsWith("/browse")
      ? `${resource.url}/${key}`
      : `${resource.url}/issues/${isRepository ? number : key}`,
  };
  const blank = { ...blankIssue(ref, now), title, status: item.target_status ?? "todo" };
  putIssue(data, resource.id, patched(blank, patch), true);
  mapPackage(data, resource, item.ref.id, ref.id);
  return { kind: "done", outcome: "created", ref, version: 1 };
}

function changeIssue(
  data: HostData,
  resource: Resource,
  item: PushItem,
  known: StoredIssue | null,
  patch: PushPatch,
): Applied {
  if (known === null) {
    return failed("issue_not_found", `No issue "${item.ref.id}" in "${resource.label}"`);
  }
  const { issue, version } = known;
  const target = item.target_status ?? issue.status;
  if (target !== issue.status) {
    const allowed = allowedTargets(resource.workflow, issue.status);
    if (allowed !== null && !allowed.includes(target)) {
      return failed("transition_not_allowed", notAllowed(issue.status, target, allowed));
    }
  }
  const wanted = moved(patched(issue, patch), target);
  if (JSON.stringify(wanted) === JSON.stringify(issue)) {
    return { kind: "done", outcome: "unchanged", ref: issue.ref, version };
  }
  const now = Math.max(data.now(), Date.parse(issue.updated_at));
  putIssue(data, resource.id, { ...wanted, updated_at: isoTime(now) }, true);
  return {
    kind: "done",
    outcome: item.action === "transition" ? "transitioned" : "updated",
    ref: issue.ref,
    version: version + 1,
  };
}

/** The provider's own word for the old status goes with it. */
function moved(issue: NormalizedIssue, status: Status): NormalizedIssue {
  if (status === issue.status) return issue;
  const { status_name: _old, ...rest } = issue.provider_metadata;
  return { ...issue, status, provider_metadata: rest };
}

/** Leaves a field alone that the patch does not name. */
function patched(issue: NormalizedIssue, patch: PushPatch): NormalizedIssue {
  return {
    ...issue,
    title: patch.title ?? issue.title,
    body: patch.body === undefined ? issue.body : patch.body,
    priority: patch.priority ?? issue.priority,
    assignees: patch.assignees ?? issue.assignees,
    labels: patch.labels ?? issue.labels,
    issue_type: patch.issue_type ?? issue.issue_type,
    parent_ref: patch.parent_ref === undefined ? issue.parent_ref : patch.parent_ref,
  };
}

function issueOfCaller(
  data: HostData,
  resource: Resource,
  callerId: string,
): StoredIssue | null {
  const row = data.one(
    "SELECT external_id FROM package_mappings WHERE resource_id = ? AND wp_id = ?",
    resource.id,
    callerId,
  );
  return findIssue(data, resource.id, row === null ? callerId : text(row, "external_id"));
}

function mapPackage(data: HostData, resource: Resource, wpId: string, externalId: string): void {
  data.run(
    `INSERT OR IGNORE INTO package_mappings (resource_id, wp_id, external_id, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?)`,
    resource.id,
    wpId,
    externalId,
    data.now(),
    data.now(),
  );
}

function failed(code: string, message: string): Applied {
  return { kind: "failed", code, message };
}

function notAllowed(from: Status, to: Status, allowed: readonly Status[]): string {
  return `The workflow allows no transition from "${from}" to "${to}"; allowed: ${
    allowed.join(", ")
  }`;
}
