import { TrackerError } from "../../platform/tracker_error.ts";
import { audit } from "../context/audit.ts";
import { requireAdmin } from "../context/admin.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import { connectionById } from "../store/connections.ts";
import { lockConnection } from "../store/locks.ts";
import { findJob, reopenJob } from "../store/shown_jobs.ts";
import { reopenOperation } from "../store/operations.ts";
import { failedDelivery, findDeliveryTeam, reopenDelivery } from "../store/outbox.ts";
import { enqueue, JOBS_CHANNEL } from "./queue.ts";

/**
 * Has a job that failed tried again; false when it has not failed.
 *
 * @throws {TrackerError} `admin_only`.
 */
export async function retryJob(context: HostContext, actor: Actor, id: string): Promise<boolean> {
  const found = await findJob(context.store, id);
  if (found === null) return false;
  await requireAdmin(context, actor, found.teamId);
  return await inTransaction(context, async (context) => {
    const job = await reopenJob(context.store, id, context.now());
    if (job === null) return false;
    if (job.kind === "operation") await reopenOperation(context.store, job.key);
    const { kind, key: target, teamId } = job;
    await audit(context, { actor, teamId, action: "job.retry", target, details: { kind } });
    await context.store.notify(JOBS_CHANNEL);
    return true;
  });
}

/**
 * Has a delivery that failed tried again; false when it has not failed. Its push has ended, and is told nothing more.
 *
 * @throws {TrackerError} `admin_only`, `not_connected` when its connection was removed: it would wait for ever.
 */
export async function retryOutboxItem(
  context: HostContext,
  actor: Actor,
  id: number,
): Promise<boolean> {
  const teamId = await findDeliveryTeam(context.store, id);
  if (teamId === null) return false;
  await requireAdmin(context, actor, teamId);
  return await inTransaction(context, async (context) => {
    const { store } = context;
    const failed = await failedDelivery(store, id);
    if (failed === null) return false;
    const { connectionId, externalId } = failed;
    await lockConnection(store, connectionId);
    if (await connectionById(store, connectionId) === null) throw notConnected(externalId);
    if (!await reopenDelivery(store, id)) return false;
    await enqueue(context, { kind: "deliver", key: connectionId, teamId });
    await audit(context, { actor, teamId, action: "outbox.retry", target: externalId });
    return true;
  });
}

function notConnected(issue: string): TrackerError {
  return new TrackerError({
    code: "not_connected",
    message: `The connection of the change to "${issue}" was removed`,
    nextAction: "Connect the provider, and push the change again.",
    details: { issue },
  });
}
