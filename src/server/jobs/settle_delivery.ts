import type { NormalizedIssue } from "../../contract/issue.ts";
import { patchedIssue } from "../../contract/patch.ts";
import type { PushItem } from "../../contract/push.ts";
import type { IssueChange, RemotePlace } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { isOwnIssue } from "../model/own_issue.ts";
import { findIssue, lastChange, storedForm, storeIssue } from "../store/issues.ts";
import { knownAmong } from "../store/known_issues.ts";
import { lockResource } from "../store/locks.ts";
import {
  type Delivery,
  endDelivery,
  isAnyWaiting,
  laterDeliveries,
  setItem,
  setShadow,
} from "../store/outbox.ts";
import { mapPackage } from "../store/packages.ts";
import type { Transaction } from "../store/store.ts";
import { removeIssue } from "../store/tombstones.ts";
import { type Delivered, deliveryResult } from "../sync/deliver_item.ts";
import { shadowOf } from "../sync/merge_patch.ts";
import { replaceOwn } from "../sync/own_issue.ts";
import { MOST_REREADS } from "../sync/read_issue.ts";
import { type Standing, standingOf } from "../sync/store_shown.ts";
import { storedItem, storedShadow } from "../sync/stored_item.ts";
import { errorsText } from "../sync/told_delivery.ts";
import type { AtProvider } from "./at_provider.ts";
import { endPush } from "./end_push.ts";
import type { JobRun } from "./job_kind.ts";
import { followSince } from "./noted_items.ts";

/** A delivery that has ended. */
export interface Ended {
  readonly delivery: Delivery;
  readonly item: PushItem;
  readonly delivered: Delivered;
  /** The last change in the host before the provider was asked for what is shown. */
  readonly mark: number;
}

/** Settles a delivery. Where others have stored its issue meanwhile, the provider is asked for it once more. */
export async function settleShown(
  { context: { store } }: JobRun,
  at: AtProvider,
  place: RemotePlace,
  ended: Ended,
): Promise<void> {
  let { mark } = ended;
  let shown = ended.delivered.issue;
  for (let rereads = 0;; rereads++) {
    const isFinal = rereads === MOST_REREADS;
    const now = { ...ended, shown, mark };
    const unsure = await at.slice((context) => settle(context, { ...now, isFinal }));
    if (unsure === null) return;
    mark = await lastChange(store, ended.delivery.resourceId);
    shown = await at.remote.get(at.access, place, unsure) ?? "gone";
  }
}

/**
 * Stores what the provider showed, and what a client is told, in one transaction; returns `null` then. Where the host
 * cannot tell whether what it has is newer, nothing is stored unless `isFinal`: returns the id of the issue.
 */
export async function settle(
  context: TransactionContext,
  { delivery, item, delivered, shown, mark, isFinal }: Ended & {
    /** The issue as the provider showed it last. */
    readonly shown: Delivered["issue"];
    readonly isFinal: boolean;
  },
): Promise<string | null> {
  const { store } = context;
  const { resourceId } = delivery;
  const at = context.now();
  await lockResource(store, resourceId);
  let version: number | null = null;
  if (shown === "gone") {
    const known = await findIssue(store, resourceId, delivery.externalId);
    const id = known?.issue.ref.id ?? null;
    if (id !== null) {
      const standing = await standingSince(store, delivery, { id, issue: null, mark, at });
      if (standing === "unsure" && !isFinal) return id;
      if (standing === "newer") await removeIssue(store, resourceId, id, at);
    }
  } else if (shown !== null) {
    const { id } = shown.ref;
    const standing = await standingSince(store, delivery, { id, issue: shown, mark, at });
    if (standing === "unsure" && !isFinal) return id;
    if (standing === "newer") await storeIssue(store, resourceId, shown, false, { at });
    if (standing === "newer" || standing === "same") {
      version = (await findIssue(store, resourceId, id))?.version ?? null;
    }
  }
  const { issue } = delivered;
  if (issue !== "gone" && issue !== null) {
    const isCreated = item.action === "create" && delivered.kind === "done" &&
      delivered.outcome === "created";
    if (isCreated && isOwnIssue(item.ref.id)) {
      await replaceOwn(context, resourceId, item.ref.id, issue.ref);
    } else if (isCreated) {
      const mapping = { packageId: item.ref.id, issueId: issue.ref.id, at };
      await mapPackage(store, { resourceId, ...mapping });
      await followSince(context, resourceId, item);
    }
    await agree(context, delivery, item, { issue, held: heldFields(delivered) });
  }
  const { item: result, errors } = deliveryResult(item, delivered, version);
  await endDelivery(store, delivery.id, {
    state: errors.length === 0 ? "delivered" : "failed",
    result: JSON.stringify(result),
    error: errorsText(errors),
    at,
  });
  if (delivered.kind === "done" && delivered.asked !== undefined && errors.length > 0) {
    const left = leftOfCreation(item, delivered.asked, delivered.issue);
    await setItem(store, delivery.id, JSON.stringify(left.item), JSON.stringify(left.shadow));
  }
  const { operationId } = delivery;
  if (operationId !== null && !await isAnyWaiting(store, operationId)) {
    await endPush(context, operationId);
  }
  return null;
}

/** Returns how an issue stands to what the host has: newer than all that was there when the provider was asked. */
async function standingSince(
  store: Transaction,
  { resourceId }: Delivery,
  { id, issue, mark, at }: {
    readonly id: string;
    readonly issue: NormalizedIssue | null;
    readonly mark: number;
    readonly at: number;
  },
): Promise<Standing> {
  const known = (await knownAmong(store, resourceId, [id])).get(id);
  if (known === undefined || known.change <= mark) return "newer";
  const form = issue === null ? null : storedForm(issue);
  return standingOf({ issue: form, mark, isListed: false }, known, at);
}

/** Returns what is left of a creation whose assignees were refused: they are assigned when it is tried again. */
function leftOfCreation(
  { ref }: PushItem,
  { assignees, assignees_add, assignees_remove }: IssueChange,
  issue: NormalizedIssue,
) {
  const patch = { assignees, assignees_add, assignees_remove };
  return { item: { ref, action: "update", patch }, shadow: { assignees: issue.assignees } };
}

/** Returns the fields of a change that were not delivered; `null` for all of them. */
function heldFields(delivered: Delivered): ReadonlySet<unknown> | null {
  const { faults = [] } = delivered;
  const fields = faults.map(({ details }) => details?.["field"]);
  return fields.includes(undefined) ? null : new Set(fields);
}

/**
 * What waits for the same issue, and names no version, was pushed knowing of what this delivery has sent. What the
 * provider showed afterwards may be an edit of others, of which it did not know.
 */
async function agree(
  { store }: TransactionContext,
  delivery: Delivery,
  item: PushItem,
  { issue, held }: {
    readonly issue: NormalizedIssue;
    readonly held: ReadonlySet<unknown> | null;
  },
): Promise<void> {
  if (held === null) return;
  const wanted = { ...item.patch, status: item.target_status ?? undefined };
  const status = wanted.status ?? issue.status;
  const sent = shadowOf({ ...patchedIssue(issue, wanted), status }, wanted);
  for (const later of await laterDeliveries(store, delivery)) {
    const waiting = storedItem(later.item);
    if (waiting === null || waiting.base_version != null || later.shadow === null) continue;
    const shadow = storedShadow(later.shadow);
    const agreed = Object.keys(shadow).filter((field) => field in sent && !held.has(field));
    if (agreed.length === 0) continue;
    const renewed = Object.fromEntries(agreed.map((field) => [field, sent[field]]));
    await setShadow(store, later.id, JSON.stringify({ ...shadow, ...renewed }));
  }
}
