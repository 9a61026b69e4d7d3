import { type HostContext, inTransaction } from "../context/host_context.ts";
import { limitTime } from "../context/shared_limiter.ts";
import { forgetExpired } from "../store/retention.ts";
import { endedOperations } from "../store/outbox.ts";
import { forgetLostParts } from "../store/snapshots.ts";
import { endPush } from "./end_push.ts";
import type { JobKind } from "./job_kind.ts";
import { FAILED_WORK_MS } from "./run_job.ts";
import { moveDue, noteStored } from "./note_events.ts";
import { enqueue } from "./queue.ts";

const HOUR_MS = 60 * 60 * 1000;

/** Milliseconds between two searches for what has expired. */
export const TIDY_EVERY_MS: number = HOUR_MS / 6;

/** Milliseconds an operation that has ended can be asked for. */
export const OPERATION_KEPT_MS: number = 7 * 24 * HOUR_MS;

/** Milliseconds an answer can be replayed for. */
export const REPLAY_MS: number = 24 * HOUR_MS;

/** Milliseconds that a snapshot may take to be stored after its first part. */
const PARTS_KEPT_MS = 24 * HOUR_MS;

/** Milliseconds a webhook is remembered: a provider sends it once more within that time at most. */
const WEBHOOKS_KEPT_MS = 7 * 24 * HOUR_MS;

/** Milliseconds a job that was done is kept, for the figures. */
const JOB_KEPT_MS = HOUR_MS;

/** Milliseconds that what administrators did can be read, and that machine tokens which ended are listed: 400 days. */
export const AUDIT_KEPT_MS: number = 400 * 24 * HOUR_MS;

/** Milliseconds until no device can be waiting any more to hear that its code has expired. */
const DEVICE_CODE_KEPT_MS = 24 * HOUR_MS;

/**
 * Deletes what has expired, every {@link TIDY_EVERY_MS}, by one of the processes, ends pushes whose connection was
 * removed, and looks into events that a process of the version before has stored.
 */
export function tidyJob(): JobKind {
  return {
    atOnce: 1,
    retryMs: FAILED_WORK_MS,
    async run(run) {
      await run.slice(tidy);
      while (await run.slice(tidyParts));
      const ended = await endedOperations(run.context.store);
      for (const id of ended) await run.slice((context) => endPush(context, id));
      while (await run.slice(noteStored));
      await moveDue(run.context);
      return { kind: "again", afterMs: TIDY_EVERY_MS };
    },
  };
}

/** Removes some parts of snapshots that were never stored; returns whether there may be more. */
export async function tidyParts(context: HostContext): Promise<boolean> {
  return await inTransaction(
    context,
    ({ store, now }) => forgetLostParts(store, now() - PARTS_KEPT_MS),
  );
}

/** Has the host tidied now, and regularly from then on. */
export async function startTidying(context: HostContext): Promise<void> {
  await inTransaction(
    context,
    (context) => enqueue(context, { kind: "tidy", key: "host", teamId: null }),
  );
}

/**
 * Deletes what has expired: tokens, candidate tokens, logins without any token, operations, jobs and deliveries that
 * ended long ago, answers, webhooks, limits that are full again, device codes, and what administrators did long ago.
 */
export async function tidy(context: HostContext): Promise<void> {
  const now = context.now();
  const limits = limitTime(context);
  await inTransaction(context, ({ store }) =>
    forgetExpired(store, {
      tokens: now,
      answers: now - REPLAY_MS,
      webhooks: now - WEBHOOKS_KEPT_MS,
      limits,
      deviceCodes: now - DEVICE_CODE_KEPT_MS,
      operations: now - OPERATION_KEPT_MS,
      audit: now - AUDIT_KEPT_MS,
      jobs: now - JOB_KEPT_MS,
    }));
}
