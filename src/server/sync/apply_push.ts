import type { PushItem } from "../../contract/push.ts";
import type { PushResult } from "../../contract/results.ts";
import { pausesOf } from "../../platform/pauses.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { keptWords } from "../model/connection.ts";
import type { Resource } from "../model/resource.ts";
import { lockDetachable } from "../store/locks.ts";
import {
  type AppliedItem,
  applyItem,
  type ConflictRoom,
  conflictRoom,
  refusedParent,
} from "./apply_item.ts";

/** Lookups of parents that one answer may make; a push that needs more continues after its answer. */
const LOOKUPS_OF_A_REQUEST = 10_000;

/** Lookups for the parent of one issue: more are needed only by thousands of levels above and below it. */
const LOOKUPS_OF_AN_ITEM = 10_000;

/** Lookups of parents that a slice makes before others get their turn. */
const LOOKUPS_OF_A_SLICE = 2_000;

/**
 * Applies pushed items to a resource, each on its own: one that fails stops none of the others. Returns `null`
 * when that is more work than one answer may take; the caller rolls back then. Runs inside the caller's
 * transaction (wire.md, Results).
 */
export async function applyPush(
  context: TransactionContext,
  resource: Resource,
  items: readonly PushItem[],
): Promise<Omit<PushResult, "identity_path"> | null> {
  const isDetached = await lockDetachable(context.store, resource.id);
  const note = noteOn(resource, isDetached);
  const pause = pausesOf(context.platform.clock);
  const budget = { left: LOOKUPS_OF_A_REQUEST, room: conflictRoom(), pause, isDetached };
  const applied: AppliedItem[] = [];
  for (const item of items) {
    const done = await applyItem(context, resource, item, budget);
    if (done === null) return null;
    applied.push(noted(done, note));
  }
  const errors = applied.flatMap(({ error }) => error === null ? [] : [error]);
  const unchanged = applied.filter(({ item }) => item.outcome === "unchanged").length;
  return {
    ...pushHead({ total: items.length, failed: errors.length, unchanged }),
    items: applied.map(({ item }) => item),
    item_errors: errors.length === 0 ? null : errors,
  };
}

/** Derives status and summary of a push from its counts. */
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
 * transaction; all slices of a push share one `room`.
 */
export async function applySlice(
  context: TransactionContext,
  resource: Resource,
  items: readonly PushItem[],
  room: ConflictRoom,
): Promise<AppliedItem[]> {
  const isDetached = await lockDetachable(context.store, resource.id);
  const note = noteOn(resource, isDetached);
  const pause = pausesOf(context.platform.clock);
  const budget = { left: LOOKUPS_OF_A_SLICE, room, pause, isDetached };
  const applied: AppliedItem[] = [];
  for (const item of items) {
    const done = await applyItem(context, resource, item, budget);
    if (done !== null) applied.push(noted(done, note));
    else if (applied.length > 0) return applied;
    else {
      const alone = await applyItem(context, resource, item, {
        ...budget,
        left: LOOKUPS_OF_AN_ITEM,
      });
      return [noted(alone ?? refusedParent(item), note)];
    }
  }
  return applied;
}

/** What there is to know about changes that are applied to a resource; `null` for nothing. */
function noteOn({ label }: Resource, isDetached: boolean): string | null {
  return isDetached ? keptWords(label) : null;
}

/** Says it of an item that was applied. */
function noted(applied: AppliedItem, note: string | null): AppliedItem {
  return note === null || applied.error !== null || applied.item.outcome === "unchanged"
    ? applied
    : { ...applied, item: { ...applied.item, message: note } };
}
