import type { ResultSummary } from "../../contract/results.ts";
import { spliceJson } from "../../contract/splice_json.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import type { ProjectMapping } from "../model/binding.ts";
import type { Resource } from "../model/resource.ts";
import { mappingByRef, setLastSync, setSyncedChange } from "../store/bindings.ts";
import { changesAfter } from "../store/changes.ts";
import { countOpenChanges, deliverChanges, type DeliveredIssue } from "../store/open_changes.ts";
import {
  countUndelivered,
  type EndedDelivery,
  forgetFailed,
  takeUnreported,
} from "../store/outbox.ts";
import { told } from "./told_delivery.ts";
import { lastChange } from "../store/issues.ts";
import { identityPath } from "../store/installations.ts";
import { lockResource } from "../store/locks.ts";
import type { Transaction } from "../store/store.ts";

/** What a full cycle is asked for. */
export interface CycleRequest {
  readonly pull_first: boolean;
  readonly limit: number;
}

/** A full cycle that is run. */
export interface StartedCycle extends CycleRequest {
  /** When it was asked for, where it had to wait, in milliseconds since 1970; what failed before that is not its own. */
  readonly waitingSince: number | null;
}

/** Returns how many issues a full cycle would handle now. */
export async function cycleWork(
  { store }: HostContext,
  mapping: ProjectMapping,
  request: CycleRequest,
): Promise<number> {
  const { limit } = request;
  const open = await countOpenChanges(
    store,
    mapping.resourceId,
    mapping.syncedChange,
    limit,
  );
  const pulled = request.pull_first ? open.pulled : 0;
  const pushed = open.pushed + await countUndelivered(store, mapping.resourceId, limit);
  return Math.min(limit, pulled) + Math.min(limit, pushed);
}

/**
 * Runs the full cycle: takes in what changed at the tracker since the last one, and delivers what was pushed
 * since; says whether anything is left for the next. Returns RunResult as JSON. Runs inside the caller's
 * transaction (wire.md, Results; Extensions).
 */
export async function runCycle(
  context: TransactionContext,
  routed: ProjectMapping,
  resource: Resource,
  userId: string,
  request: StartedCycle,
): Promise<string> {
  const { store } = context;
  await lockResource(store, resource.id);
  await forgetFailed(store, resource.id, request.waitingSince);
  // Another cycle may have taken changes in since the call was routed.
  const mapping = await mappingByRef(store, routed.bindingRef) ?? routed;
  const pulled = request.pull_first ? await takeChanges(store, mapping, request.limit) : NOTHING;
  const delivered = await takeUnreported(store, resource.id, request.limit);
  const pushed = delivered.length > 0
    ? reportedPart(delivered)
    : deliveredPart(await deliverChanges(store, resource.id, request.limit));
  await setLastSync(store, mapping.bindingRef, context.now());
  const after = { ...mapping, syncedChange: pulled.seen ?? mapping.syncedChange };
  const head = JSON.stringify({
    status: pushed.failed === 0 ? "ok" : "partial",
    summary: partSummary(pulled.total + pushed.total, pushed.failed),
    identity_path: await identityPath(store, resource.installationId, userId),
    has_more: await cycleWork(context, after, request) > 0,
  });
  return spliceJson(head, {
    pull: partJson(pulled),
    push: partJson(pushed),
    ...(pushed.errors.length === 0 ? {} : { item_errors: pushed.errors }),
  });
}

/** One direction of a cycle. */
interface Part {
  /** Its items in JSON, with commas between them. */
  readonly items: string;
  /** How many there are. */
  readonly total: number;
  /** How many of them the reader has not seen before. */
  readonly created: number;
  /** How many of them failed, and why, in JSON. */
  readonly failed: number;
  readonly errors: readonly string[];
  /** Number of the last change taken in; for a pull only. */
  readonly seen?: number;
}

const DECODER = new TextDecoder();

const NOTHING: Part = { items: "", total: 0, created: 0, failed: 0, errors: [] };

function partJson({ items, total, created, failed }: Part): string {
  const summary = {
    ...partSummary(total, failed),
    created,
    updated: total - created - failed,
    unchanged: 0,
  };
  return spliceJson(JSON.stringify({ summary }), { items: `[${items}]` });
}

/** Returns the summary of a work in which every item succeeded. */
export function allSucceeded(count: number): ResultSummary {
  return { total: count, succeeded: count, failed: 0, skipped: 0 };
}

function partSummary(total: number, failed: number): ResultSummary {
  return { total, succeeded: total - failed, failed, skipped: 0 };
}

/** Takes what fits one answer; the next cycle continues where this one ended. */
async function takeChanges(tx: Transaction, mapping: ProjectMapping, limit: number): Promise<Part> {
  const { json, count, created, through, hasMore } = await changesAfter(tx, {
    resourceId: mapping.resourceId,
    after: mapping.syncedChange,
    limit,
    updatedSince: null,
    statuses: [],
    issueTypes: [],
    deliveredOnly: true,
  });
  const isAll = count < limit && !hasMore;
  const seen = isAll ? await lastChange(tx, mapping.resourceId) : through;
  await setSyncedChange(tx, mapping.bindingRef, seen);
  return {
    items: DECODER.decode(json),
    total: count,
    created,
    failed: 0,
    errors: [],
    seen,
  };
}

function deliveredPart(issues: readonly DeliveredIssue[]): Part {
  const items = issues.map(({ ref, version }) => {
    const isNew = version === 1;
    const result = JSON.stringify({
      action: isNew ? "create" : "update",
      outcome: isNew ? "created" : "updated",
      version: String(version),
      message: null,
    });
    // The reference goes into the answer as the text it is stored as.
    return spliceJson(result, { ref, remote_ref: ref });
  });
  const created = issues.filter(({ version }) => version === 1).length;
  return { items: items.join(","), total: items.length, created, failed: 0, errors: [] };
}

/** What has been delivered to the provider, or failed, since the last cycle. */
function reportedPart(deliveries: readonly EndedDelivery[]): Part {
  const items = deliveries.map(told);
  const errors = items.flatMap(({ errors }) => errors);
  const failed = items.filter(({ errors }) => errors.length > 0).length;
  const created = items.filter(({ item }) => item.includes('"outcome":"created"')).length;
  const joined = items.map(({ item }) => item).join(",");
  return { items: joined, total: items.length, created, failed, errors };
}
