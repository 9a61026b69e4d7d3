import type { JsonObject } from "../../contract/field.ts";
import type { PushItem } from "../../contract/push.ts";
import type { TransactionContext } from "../context/host_context.ts";
import type { Resource } from "../model/resource.ts";
import type { Caller } from "../model/user.ts";
import { insertOperation } from "../store/operations.ts";
import { lockResource } from "../store/locks.ts";
import { connectionOf, insertDelivery } from "../store/outbox.ts";
import { issueOfPush } from "../sync/named_issue.ts";
import { shadowOf, unknownShadow } from "../sync/merge_patch.ts";
import { enqueue } from "./queue.ts";

/** Who pushes, and for which team. */
export interface PushCaller {
  readonly user: Pick<Caller["user"], "id">;
  readonly team: Pick<Caller["team"], "id">;
}

/**
 * Stores the items of a push for their delivery, with the operation that tells what becomes of them; returns its id.
 * Stores nothing and returns `null` when the connection was removed meanwhile. Runs inside the caller's transaction,
 * which holds the resource from then on.
 */
export async function acceptPush(
  context: TransactionContext,
  caller: PushCaller,
  target: {
    readonly resource: Resource;
    readonly bindingRef: string;
    readonly items: readonly PushItem[];
  },
): Promise<string | null> {
  const { store } = context;
  const { resource, items } = target;
  // The order of the outbox is the order in which pushes to the resource were accepted.
  await lockResource(store, resource.id);
  // A removal waits from here on, and ends what is stored; what came after it would wait for ever.
  const connectionId = await connectionOf(store, resource.id);
  if (connectionId === null) return null;
  const id = context.newId("op");
  const createdAt = context.now();
  await insertOperation(store, {
    id,
    teamId: caller.team.id,
    userId: caller.user.id,
    bindingRef: target.bindingRef,
    request: JSON.stringify({ kind: "push", items }),
    createdAt,
  });
  for (const [place, item] of items.entries()) {
    const { externalId, shadow } = await agreedOn(context, resource, item);
    await insertDelivery(store, {
      resourceId: resource.id,
      connectionId,
      externalId,
      operationId: id,
      place,
      item: JSON.stringify(item),
      shadow: shadow === null ? null : JSON.stringify(shadow),
      createdAt,
    });
  }
  await enqueue(context, { kind: "deliver", key: connectionId, teamId: caller.team.id });
  return id;
}

/**
 * Returns what both sides agree on of what an item changes. Of a version that is no longer the issue's the host does
 * not know what it said: where any field differs, the client is to merge first.
 */
async function agreedOn(
  { store }: TransactionContext,
  resource: Resource,
  item: PushItem,
): Promise<{ readonly externalId: string; readonly shadow: JsonObject | null }> {
  if (item.action === "create") return { externalId: item.ref.id, shadow: null };
  const known = await issueOfPush(store, resource, item.ref.id);
  if (known === null) return { externalId: item.ref.id, shadow: null };
  const wanted = {
    ...item.patch,
    status: item.target_status ?? undefined,
    // Those of a work package are its project's to say, whatever was made of them at the provider.
    ...(item.work_package == null ? {} : { status: undefined, parent_ref: undefined }),
  };
  const agreed = shadowOf(known.issue, wanted);
  const isOutdated = item.base_version != null && item.base_version !== String(known.version);
  const shadow = isOutdated ? unknownShadow(Object.keys(agreed)) : agreed;
  return { externalId: known.issue.ref.id, shadow };
}
