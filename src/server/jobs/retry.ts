import { TrackerError } from "../../platform/tracker_error.ts";
import { audit } from "../context/audit.ts";
import { requireAdmin } from "../context/admin.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import { connectionById } from "../store/connections.ts";
import { lockConnection } from "../store/locks.ts";
import { findJob, reopenJob } from "../store/shown_jobs.ts";
import { reopenOperation } from "../store/operations.ts";
import {
  type Delivery,
  failedDelivery,
  findDeliveryTeam,
  reopenDelivery,
  setShadow,
} from "../store/outbox.ts";
import { storedShadow } from "../sync/stored_item.ts";
import { conflictsIn } from "../sync/told_delivery.ts";
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
 * Where both sides had changed a field, that of this side is to replace what the provider showed then.
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
    const shadow = decided(failed);
    if (!await reopenDelivery(store, id)) return false;
    if (shadow !== null) await setShadow(store, id, shadow);
    await enqueue(context, { kind: "deliver", key: connectionId, teamId });
    await audit(context, { actor, teamId, action: "outbox.retry", target: externalId });
    return true;
  });
}

/**
 * Returns what both sides agree on once a person has decided for this side's fields: what the provider showed of each.
 * Returns `null` where nothing had to be decided.
 */
function decided(
  { shadow, error }: Pick<Delivery, "shadow"> & { readonly error: string | null },
): string | null {
  const conflicts = conflictsIn(error);
  if (conflicts.length === 0) return null;
  const shown = Object.fromEntries(conflicts.map(({ field, theirs }) => [field, theirs]));
  return JSON.stringify({ ...storedShadow(shadow), ...shown });
}

function notConnected(issue: string): TrackerError {
  return new TrackerError({
    code: "not_connected",
    message: `The connection of the change to "${issue}" was removed`,
    nextAction: "Connect the provider, and push the change again.",
    details: { issue },
  });
}
