import {
  blankIssue,
  type ExternalRef,
  type NormalizedIssue,
  type Status,
} from "../contract/issue.ts";
import type { PushItem, PushPatch } from "../contract/push.ts";
import type { ItemError, PushOutcome, PushResult, PushResultItem } from "../contract/results.ts";
import { isoTime } from "../platform/clock.ts";
import type { HostData } from "./host_data.ts";
import { findIssue, putIssue, takeNumber } from "./issues.ts";
import { identityPath, type Resource } from "./resources.ts";
import { text } from "./row.ts";
import { allowedTargets } from "./workflow.ts";

/**
 * Applies pushed items to a resource, each on its own: one that fails stops none of the others. Runs inside
 * the caller's transaction. Hosted API, Shapes (PushResult).
 */
export function applyPush(
  data: HostData,
  resource: Resource,
  userId: string,
  items: readonly PushItem[],
): PushResult {
  const results: PushResultItem[] = [];
  const errors: ItemError[] = [];
  let unchanged = 0;
  for (const item of items) {
    const applied = applyItem(data, resource, item);
    if (applied.kind === "failed") {
      errors.push({
        ref: item.ref,
        code: applied.code,
        message: applied.message,
        retryable: false,
      });
    } else if (applied.outcome === "unchanged") unchanged += 1;
    results.push(resultOf(item, applied));
  }
  const failed = errors.length;
  return {
    status: failed === 0 ? "ok" : failed === items.length ? "error" : "partial",
    summary: {
      total: items.length,
      succeeded: items.length - failed - unchanged,
      failed,
      skipped: unchanged,
    },
    items: results,
    item_errors: failed === 0 ? null : errors,
    identity_path: identityPath(data, resource.installationId, userId),
  };
}

type Applied =
  | {
    readonly kind: "done";
    readonly outcome: Exclude<PushOutcome, "failed">;
    readonly ref: ExternalRef;
    readonly version: number;
  }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

function applyItem(data: HostData, resource: Resource, item: PushItem): Applied {
  if (item.ref.system !== resource.provider) {
    return failed("ref_mismatch", `"${item.ref.system}" is not the provider of this binding`);
  }
  if (item.ref.workspace !== resource.workspace) {
    return failed(
      "ref_mismatch",
      `The workspace "${item.ref.workspace}" is not "${resource.workspace}"`,
    );
  }
  const parent = item.patch?.parent_ref;
  const fault = parent == null ? null : parentFault(data, resource, item.ref.id, parent);
  if (fault !== null) return failed("invalid_parent", fault);
  return item.action === "create"
    ? createIssue(data, resource, item)
    : changeIssue(data, resource, item);
}

/** Keyed by the caller's id: a repeat finds what the first one made. */
function createIssue(data: HostData, resource: Resource, item: PushItem): Applied {
  const known = issueOfCaller(data, resource, item.ref.id);
  if (known !== null) {
    return { kind: "done", outcome: "unchanged", ref: known.issue.ref, version: known.version };
  }
  const title = item.patch?.title;
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
    url: `${resource.url}/issues/${isRepository ? number : key}`,
  };
  const blank = { ...blankIssue(ref, now), title, status: item.target_status ?? "todo" };
  putIssue(data, resource.id, patched(blank, item.patch ?? {}), true);
  mapPackage(data, resource, item.ref.id, ref.id);
  return { kind: "done", outcome: "created", ref, version: 1 };
}

function changeIssue(data: HostData, resource: Resource, item: PushItem): Applied {
  const known = findIssue(data, resource.id, item.ref.id) ??
    issueOfCaller(data, resource, item.ref.id);
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
  const wanted = moved(patched(issue, item.patch ?? {}), target);
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

/** Why an issue cannot be the parent: it is not there, or it is the issue itself or one below it. */
function parentFault(
  data: HostData,
  resource: Resource,
  id: string,
  parent: ExternalRef,
): string | null {
  const self = findIssue(data, resource.id, id)?.issue.ref.id ?? id;
  const seen = new Set<string>([self]);
  let above: ExternalRef | null = parent;
  while (above !== null) {
    if (seen.has(above.id)) return `"${parent.key ?? parent.id}" is the issue itself or below it`;
    seen.add(above.id);
    const found = findIssue(data, resource.id, above.id);
    if (found === null) return above === parent ? `No issue "${parent.id}" to be the parent` : null;
    above = found.issue.parent_ref;
  }
  return null;
}

function issueOfCaller(
  data: HostData,
  resource: Resource,
  callerId: string,
): ReturnType<typeof findIssue> {
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

function resultOf(item: PushItem, applied: Applied): PushResultItem {
  const { ref, action } = item;
  return applied.kind === "failed"
    ? { ref, action, outcome: "failed", remote_ref: null, version: null, message: applied.message }
    : {
      ref,
      action,
      outcome: applied.outcome,
      remote_ref: applied.ref,
      version: String(applied.version),
      message: null,
    };
}

function failed(code: string, message: string): Applied {
  return { kind: "failed", code, message };
}

function notAllowed(from: Status, to: Status, allowed: readonly Status[]): string {
  return `The workflow allows no transition from "${from}" to "${to}"; allowed: ${
    allowed.join(", ")
  }`;
}
