import { parseWith } from "../../contract/parse.ts";
import { type PushItem, PushItemSchema } from "../../contract/push.ts";
import { spliceJson } from "../../contract/splice_json.ts";
import type { TransactionContext } from "../context/host_context.ts";
import type { Resource } from "../model/resource.ts";
import {
  countItems,
  insertOperationItem,
  nextItemPlace,
  operationItems,
} from "../store/operations.ts";
import { identityPath } from "../store/installations.ts";
import type { HostStore } from "../store/store.ts";
import type { ConflictRoom } from "../sync/apply_item.ts";
import { applySlice, pushHead } from "../sync/apply_push.ts";
import { notedItems } from "./noted_items.ts";

/** Items of a push that are applied in one transaction, before others get their turn. */
export const SLICE_ITEMS = 50;

/** Applied items that are read at a time for the result. */
const READ_ITEMS = 1_000;

/**
 * Applies the next items of an operation, as many as others can wait for, and remembers what became of them in
 * the same transaction, so that a kill repeats none. Returns the place after them. Runs inside the caller's
 * transaction.
 */
export async function pushSlice(
  context: TransactionContext,
  { operationId, userId }: { readonly operationId: string; readonly userId: string },
  resource: Resource,
  items: readonly unknown[],
  room: ConflictRoom,
): Promise<number> {
  const { store } = context;
  const place = await nextItemPlace(store, operationId);
  const read = items.slice(place, place + SLICE_ITEMS).map(readItem);
  const slice = await notedItems(context, resource.id, userId, read);
  const applied = await applySlice(context, resource, slice, room);
  for (const [index, { item, error }] of applied.entries()) {
    await insertOperationItem(store, operationId, {
      place: place + index,
      outcome: item.outcome,
      item: JSON.stringify(item),
      error: error === null ? null : JSON.stringify(error),
    });
  }
  return place + applied.length;
}

function readItem(item: unknown): PushItem {
  const parsed = parseWith(PushItemSchema, item);
  if (!parsed.ok) throw new TypeError(`The stored operation is broken: "${parsed.path}"`);
  return parsed.value;
}

/** Applied items as they go into the result, in JSON. */
export interface AppliedTexts {
  readonly items: string[];
  readonly errors: string[];
}

/** Reads some of what became of the items, from `place` on; adds it to `texts` and returns where to continue. */
export async function readApplied(
  store: HostStore,
  operationId: string,
  place: number,
  texts: AppliedTexts,
): Promise<number> {
  const applied = await operationItems(store, operationId, { place, limit: READ_ITEMS });
  for (const { item, error } of applied) {
    texts.items.push(item);
    if (error !== null) texts.errors.push(error);
  }
  return place + applied.length;
}

/** Returns the result of an operation whose items have all been applied, as PushResult in JSON. */
export async function pushResultJson(
  store: HostStore,
  operationId: string,
  resource: Resource,
  userId: string,
  { items, errors }: AppliedTexts,
): Promise<string> {
  const head = JSON.stringify({
    ...pushHead({
      total: items.length,
      failed: errors.length,
      unchanged: await countItems(store, operationId, "unchanged"),
    }),
    identity_path: await identityPath(store, resource.installationId, userId),
  });
  return spliceJson(head, { items, item_errors: errors.length === 0 ? "null" : errors });
}
