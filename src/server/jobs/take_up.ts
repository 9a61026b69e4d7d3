import type { NormalizedIssue, Status } from "../../contract/issue.ts";
import type { PushItem, PushPatch } from "../../contract/push.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { isOwnIssue } from "../model/own_issue.ts";
import type { Resource } from "../model/resource.ts";
import { commentsSince } from "../store/comments.ts";
import { baseOf, changedSince, type DetachedResource, endDetached } from "../store/detached.ts";
import { lockResource } from "../store/locks.ts";
import { insertDelivery } from "../store/outbox.ts";
import { adoptTakenUp, isAwaited } from "../store/taken_up.ts";
import { changesOf } from "../sync/changed_fields.ts";
import { commentItem } from "../sync/deliver_comment.ts";
import { enqueue } from "./queue.ts";

/** Which connection brings a resource again. */
export interface TakingConnection {
  readonly id: string;
  readonly teamId: string;
}

/**
 * Has all that was made and changed in a resource while no connection brought it wait for its delivery, as what is pushed
 * does: issues that were made here, changed fields, comments. What the provider does not take, or both sides have changed,
 * is a delivery that has failed. From then on the resource is read as any other. Runs in the caller's transaction.
 */
export async function takeUp(
  context: TransactionContext,
  { id: connectionId, teamId }: TakingConnection,
  { resource, since }: DetachedResource,
): Promise<void> {
  const { store, now } = context;
  await lockResource(store, resource.id);
  // What an earlier connection was not rid of.
  await adoptTakenUp(store, resource.id, connectionId);
  const deliver = async (externalId: string, item: string, shadow: string | null) =>
    await insertDelivery(store, {
      resourceId: resource.id,
      connectionId,
      externalId,
      operationId: null,
      place: 0,
      item,
      shadow,
      createdAt: now(),
      isTakenUp: true,
    });
  for (const { id, issue } of await changedSince(store, resource.id, since)) {
    if (isOwnIssue(id)) {
      if (await isAwaited(store, resource.id, id)) continue;
      await deliver(id, JSON.stringify(creationOf(resource, issue)), null);
    } else {
      const changes = changesOf(issue, await baseOf(store, resource.id, id));
      if (changes === null) continue;
      const { patch, status, shadow } = changes;
      const item = changeOf(resource, id, patch, status);
      await deliver(id, JSON.stringify(item), JSON.stringify(shadow));
    }
  }
  for (const { id, issueId, body } of await commentsSince(store, resource.id, since)) {
    await deliver(issueId, commentItem({ commentId: id, body }), null);
  }
  await endDetached(store, resource.id);
  for (const kind of ["sync.changes", "sync.sweep"] as const) {
    await enqueue(context, { kind, key: resource.id, teamId });
  }
}

/** Says that an issue was made here; what it is created with is read when it is. */
function creationOf(resource: Resource, { ref, title }: NormalizedIssue): PushItem {
  return { ref: refIn(resource, ref.id), action: "create", patch: { title } };
}

function changeOf(
  resource: Resource,
  id: string,
  patch: PushPatch,
  status: Status | undefined,
): PushItem {
  const ref = refIn(resource, id);
  if (status === undefined) return { ref, action: "update", patch };
  return Object.keys(patch).length === 0
    ? { ref, action: "transition", target_status: status }
    : { ref, action: "update", patch, target_status: status };
}

function refIn({ provider, workspace }: Resource, id: string) {
  return { system: provider, workspace, id };
}
