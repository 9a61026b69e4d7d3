import { errorText } from "../../platform/tracker_error.ts";
import { ProviderError } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { isOwnIssue } from "../model/own_issue.ts";
import { connectionById } from "../store/connections.ts";
import { detachedResources } from "../store/detached.ts";
import { findIssueRef, lastChange } from "../store/issues.ts";
import { markOperationRunning } from "../store/operations.ts";
import { type Delivery, firstDelivery, nextDelivery, setAttempt } from "../store/outbox.ts";
import { resourceById } from "../store/resources.ts";
import { isStoreFault } from "../store/store_faults.ts";
import { deliverComment, storedComment } from "../sync/deliver_comment.ts";
import { deliverItem, type DeliveryFault, failure } from "../sync/deliver_item.ts";
import { refOfName } from "../sync/named_issue.ts";
import { storedItem, storedShadow, unreadableItem } from "../sync/stored_item.ts";
import type { AtProvider, Providers } from "./at_provider.ts";
import { clientIdOf, clientIdOfComment } from "./client_id.ts";
import { settleComment } from "./settle_comment.ts";
import { settle, settleShown } from "./settle_delivery.ts";
import { DONE, type JobEnd, type JobKind, type JobRun, LeaseLostError } from "./job_kind.ts";
import { FAILED_WORK_MS } from "./run_job.ts";
import { takeUp } from "./take_up.ts";

/** How often the provider may fail at one item before the item has failed. */
const MAX_FAILURES = 5;

const UNEXPECTED = "The delivery failed at the host";

const UNREADABLE = "The host cannot read what it stored of this change";

const NEVER_ENDED =
  `${MAX_FAILURES} processes in turn took it up and ended before it was delivered`;

/** Returns how what was pushed is delivered: one writer a connection, in the order in which it was accepted. */
export function deliverJob(providers: Providers): JobKind {
  return {
    atOnce: 16,
    retryMs: FAILED_WORK_MS,
    async run(run) {
      const { job: { key: connectionId }, context: { store } } = run;
      await takeUpAll(run);
      if (await nextDelivery(store, connectionId, 0) === null) return DONE;
      return await providers.reach(run, connectionId, async (at) => await deliver(run, at));
    },
  };
}

/** Has what was made while no connection brought a resource of this one wait for its delivery. */
async function takeUpAll(run: JobRun): Promise<void> {
  const { job: { key: connectionId }, context: { store } } = run;
  const detached = await detachedResources(store, connectionId);
  if (detached.length === 0) return;
  const connection = await connectionById(store, connectionId);
  if (connection === null) return;
  for (const one of detached) await run.slice((context) => takeUp(context, connection, one));
}

async function deliver(run: JobRun, at: AtProvider): Promise<JobEnd> {
  const { job: { key: connectionId }, context: { store } } = run;
  const { remote, access } = at;
  /** Issues whose delivery failed for now: what comes after keeps its order. */
  const held = new Set<string>();
  let wait: number | null = null;
  for (let after = 0;;) {
    const delivery = await nextDelivery(store, connectionId, after);
    if (delivery === null) break;
    after = delivery.id;
    const issue = `${delivery.resourceId} ${delivery.externalId}`;
    if (held.has(issue)) continue;
    const comment = storedComment(delivery.item);
    const item = storedItem(delivery.item);
    const settleFailed = (message: string, code = "provider_error") => {
      const ended = { item: item ?? unreadableItem(delivery), delivered: failure(code, message) };
      return run.slice<unknown>((context) =>
        comment === null
          ? settle(context, { delivery, ...ended, shown: null, mark: 0, isFinal: true })
          : settleComment(context, delivery, comment, { kind: "failed", code, message })
      );
    };
    if (item === null && comment === null) {
      logFailure(run, delivery, UNREADABLE);
      await settleFailed(UNREADABLE, "delivery_unreadable");
      continue;
    }
    if (delivery.attempt >= MAX_FAILURES) {
      await settleFailed(NEVER_ENDED);
      continue;
    }
    try {
      const resource = await resourceById(store, delivery.resourceId);
      const tools = {
        remote,
        access,
        place: resource,
        beforeWrite: () => run.slice((context) => beginCalls(context, delivery)),
      };
      if (comment !== null) {
        // An issue of the host's own may have been created there since.
        const issue = await refOfName(store, resource, delivery.externalId);
        const delivered = await deliverComment({
          ...tools,
          issueId: issue?.id ?? delivery.externalId,
          clientId: await clientIdOfComment(comment.commentId),
          wasTried: delivery.attempt > 0,
        }, comment.body);
        await at.slice((context) => settleComment(context, delivery, comment, delivered));
      } else if (item !== null) {
        const first = await firstDelivery(store, delivery);
        const name = isOwnIssue(delivery.externalId) ? delivery.externalId : first.id;
        const mark = await lastChange(store, resource.id);
        const delivered = await deliverItem({
          ...tools,
          store,
          resource,
          shadow: storedShadow(delivery.shadow),
          isTakenUp: delivery.isTakenUp === true,
          clientId: await clientIdOf(delivery.resourceId, name),
          wasTried: first.wasTried,
        }, item);
        await settleShown(run, at, resource, { delivery, item, delivered, mark });
        const { faults = [] } = delivered;
        if (faults.length > 0) await tellNotTaken(run, delivery, faults);
      }
    } catch (error) {
      if (run.signal.aborted || error instanceof LeaseLostError || isStoreFault(error)) throw error;
      if (error instanceof ProviderError && error.fault.kind !== "failing") {
        // That was no failure of the item, which may have been delivered.
        await run.slice(({ store }) => setAttempt(store, delivery.id, 1));
        throw error;
      }
      const failures = delivery.attempt + 1;
      const message = error instanceof ProviderError ? error.message : UNEXPECTED;
      if (message === UNEXPECTED) {
        logFailure(run, delivery, `attempt ${failures}: ${errorText(error)}`);
      }
      if (failures < MAX_FAILURES) {
        held.add(issue);
        wait = Math.max(wait ?? 0, 1_000 * 2 ** failures);
        await run.slice(({ store }) => setAttempt(store, delivery.id, failures));
      } else await settleFailed(message);
    }
  }
  return wait === null ? DONE : { kind: "again", afterMs: wait };
}

/** Says that calls are made for a delivery from now on. */
async function beginCalls({ store }: TransactionContext, delivery: Delivery): Promise<void> {
  if (delivery.operationId !== null) await markOperationRunning(store, delivery.operationId);
  await setAttempt(store, delivery.id, delivery.attempt + 1);
}

/** Says what was made without a connection and not taken: no client waits to be told. */
async function tellNotTaken(
  { context: { store, platform: { terminal } } }: JobRun,
  { resourceId, externalId, isTakenUp = false }: Delivery,
  faults: readonly DeliveryFault[],
): Promise<void> {
  if (!isTakenUp) return;
  const { label } = await resourceById(store, resourceId);
  const ref = await findIssueRef(store, resourceId, externalId);
  const why = faults.map(({ message }) => message).join("; ");
  terminal.stderr.write(
    `"${
      ref?.key ?? externalId
    }" of "${label}", changed without a connection, was not sent: ${why}\n`,
  );
}

function logFailure({ context }: JobRun, { id, connectionId }: Delivery, why: string): void {
  context.platform.terminal.stderr.write(`Delivery ${id} of ${connectionId} failed: ${why}\n`);
}
