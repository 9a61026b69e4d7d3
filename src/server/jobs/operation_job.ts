import { errorEnvelope } from "../../contract/errors.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { HostError } from "../model/host_error.ts";
import { connectionById } from "../store/connections.ts";
import { connectionOf, countWaitingOf } from "../store/outbox.ts";
import { isOperationOpen, markOperationRunning, nextItemPlace } from "../store/operations.ts";
import { conflictRoom } from "../sync/apply_item.ts";
import { type CycleRequest, runCycle } from "../sync/full_cycle.ts";
import { DONE, type JobEnd, type JobKind, type JobRun } from "./job_kind.ts";
import { endWork, routeOf, type Work, workOf } from "./operations.ts";
import { settleKey } from "./keyed_operation.ts";
import { type AppliedTexts, pushResultJson, pushSlice, readApplied } from "./push_operation.ts";

/** Operations that one process works on at once: a slice of one of them at a time. */
const AT_ONCE = 16;

/** Returns how stored operations are done; `delayMs` says how long one takes before its effect. */
export function operationJob(delayMs: () => number): JobKind {
  return {
    atOnce: AT_ONCE,
    run: (run) => operate(run, delayMs()),
    failed: (context, { key }) => endWork(context, key, "failed", JSON.stringify(BROKEN)),
  };
}

/** Milliseconds between two looks at a key that another call works on. */
const BUSY_MS = 1_000;

const BROKEN = errorEnvelope({
  code: "internal_error",
  message: "The operation failed at the host",
});

async function operate(run: JobRun, delayMs: number): Promise<JobEnd> {
  const { job: { key: id }, context: { store, platform }, signal } = run;
  await run.turn(() => markOperationRunning(store, id));
  await platform.clock.sleep(delayMs, { signal });
  try {
    const work = await run.turn(() => workOf(store, id));
    const key = work?.request.key;
    if (key !== undefined) {
      const settled = await run.beginning(async (context) =>
        await isOperationOpen(context.store, id) ? await settleKey(context, id, key) : null
      );
      if (settled === "busy") return { kind: "again", afterMs: BUSY_MS };
      if (settled !== "ours") return DONE;
    }
    if (work?.request.kind === "run") {
      if (await isDelivering(run, work)) return { kind: "again", afterMs: DELIVERY_MS };
      await cycle(run, work, work.request);
    } else if (work?.request.kind === "push") await push(run, work, work.request.items);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const envelope = JSON.stringify(error.envelope);
    await whileOpen(run, (context) => endWork(context, id, "failed", envelope));
  }
  return DONE;
}

/** Milliseconds after which a cycle looks again whether what was pushed before it is delivered. */
const DELIVERY_MS = 1_000;

/** Returns whether what was pushed before a cycle is being delivered; what cannot be delivered now is left to a later one. */
async function isDelivering({ context: { store } }: JobRun, work: Work): Promise<boolean> {
  const { resource } = await routeOf(store, work);
  const connectionId = await connectionOf(store, resource.id);
  if (connectionId === null) return false;
  if (await countWaitingOf(store, resource.id, work.createdAt) === 0) return false;
  const connection = await connectionById(store, connectionId);
  return connection?.state === "ok" && connection.pausedAt === null;
}

/** Runs a full cycle. The effect and the state change are one transaction: a kill leaves both or none. */
async function cycle(run: JobRun, work: Work, request: CycleRequest): Promise<void> {
  const { id, userId } = work;
  await whileOpen(run, async (context) => {
    const { mapping, resource } = await routeOf(context.store, work);
    const started = { ...request, waitingSince: work.createdAt };
    const result = await runCycle(context, mapping, resource, userId, started);
    await endWork(context, id, "completed", result);
  });
}

/** Pushes in slices, each one transaction with its outcome: a kill repeats nothing and loses nothing. */
async function push(run: JobRun, work: Work, items: readonly unknown[]): Promise<void> {
  const { id, userId } = work;
  const room = conflictRoom();
  // A slice that finds nothing left would pass for progress at every attempt.
  let place: number | null = await run.turn(() => nextItemPlace(run.context.store, id));
  while (place < items.length) {
    place = await whileOpen(run, async (context) => {
      const { resource } = await routeOf(context.store, work);
      return await pushSlice(context, { operationId: id, userId }, resource, items, room);
    });
    if (place === null) return;
  }
  const texts: AppliedTexts = { items: [], errors: [] };
  for (let place = 0; place < items.length;) {
    const next = await run.turn(() => readApplied(run.context.store, id, place, texts));
    if (next === place) return;
    place = next;
  }
  await whileOpen(run, async (context) => {
    const { resource } = await routeOf(context.store, work);
    const result = await pushResultJson(context.store, id, resource, userId, texts);
    await endWork(context, id, "completed", result);
  });
}

/** Runs a slice in a transaction; returns `null` when a process of the version before has ended the operation. */
async function whileOpen<T>(
  run: JobRun,
  slice: (context: TransactionContext) => Promise<T>,
): Promise<T | null> {
  const { key: id } = run.job;
  return await run.slice(async (context) =>
    await isOperationOpen(context.store, id) ? await slice(context) : null
  );
}
