import { isStoreFault } from "../store/store_faults.ts";
import { errorText } from "../../platform/tracker_error.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { failJob, finishJob, holdJob, releaseJob } from "../store/jobs.ts";
import type { Attempt } from "./attempt.ts";
import { type JobEnd, type JobKind, type JobRun, LeaseLostError } from "./job_kind.ts";

/** How often a job is tried without getting on. */
export const MAX_ATTEMPTS = 3;

/** Milliseconds before a job that failed is tried again, after its first attempt. */
const FIRST_WAIT_MS = 1_000;

/** Milliseconds after which work that is to be done for ever is tried once more, when it has failed. */
export const FAILED_WORK_MS: number = 15 * 60_000;

/** Milliseconds after which such work is tried once more when processes have died at it: it may end the next one, too. */
export const DEADLY_WORK_MS: number = 60 * 60_000;

/** Milliseconds at most before something is tried again. */
export const LONGEST_WAIT_MS = 60_000;

/** Milliseconds of work after which requests are only let in between, not waited for. */
const SHORT_MS = 5;

/** Milliseconds of a timer: what came meanwhile on any connection is read. */
const PAUSE_MS = 1;

/** Milliseconds within which such a timer is over when nothing came. */
const QUIET_MS = 2;

/** Milliseconds at most that jobs wait for requests: while a slice waited for its database, others had their turn. */
const LONGEST_PAUSE_MS = 25;

/** Lets the jobs of a process do one slice at a time, and requests between two of them. */
export class JobSlices {
  /** What the jobs work in. */
  readonly context: HostContext;
  readonly #stopping: AbortSignal;
  #lastTurn: Promise<void> = Promise.resolve();
  /** Milliseconds that jobs have worked since requests had theirs. */
  #workedMs = 0;

  /** Creates the turns of one worker. */
  constructor(context: HostContext, stopping: AbortSignal) {
    this.context = context;
    this.#stopping = stopping;
  }

  /** Runs a slice once the slices before it are done and requests that came meanwhile had their turn. */
  async turn<T>(slice: () => Promise<T>): Promise<T> {
    const before = this.#lastTurn;
    const mine = Promise.withResolvers<void>();
    this.#lastTurn = mine.promise;
    await before;
    try {
      await this.#letRequestsIn();
      return await this.#timed(slice);
    } finally {
      mine.resolve();
    }
  }

  /**
   * Gives requests as much time as jobs have worked since, while there are any. Rounds of the event loop alone would
   * read what is there on some connections, and leave others without an answer for slices on end.
   */
  async #letRequestsIn(): Promise<void> {
    const { clock } = this.context.platform;
    const signal = this.#stopping;
    if (this.#workedMs < SHORT_MS) return await clock.sleep(0, { signal });
    const until = clock.monotonic() + Math.min(this.#workedMs, LONGEST_PAUSE_MS);
    this.#workedMs = 0;
    for (let now = clock.monotonic(); now < until;) {
      await clock.sleep(PAUSE_MS, { signal });
      const before = now;
      now = clock.monotonic();
      if (now - before < QUIET_MS) return;
    }
  }

  async #timed<T>(slice: () => Promise<T>): Promise<T> {
    const { clock } = this.context.platform;
    const begun = clock.monotonic();
    try {
      return await slice();
    } finally {
      this.#workedMs += clock.monotonic() - begun;
    }
  }
}

/** How an attempt at a job ended. */
export type Outcome =
  | { readonly kind: "ended"; readonly end: JobEnd }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "lost" };

/**
 * Makes one attempt at a job, which counts while work on it is under way.
 *
 * @throws What the store throws when it is at fault, and the signal's reason once it is aborted.
 */
export async function runJob(
  slices: JobSlices,
  kind: JobKind,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Outcome> {
  const { context } = slices;
  const { job } = attempt;
  if (attempt.number > MAX_ATTEMPTS) return { kind: "failed", error: new Error(NEVER_ENDED) };
  /** A job that waits for its turn does no work, and is not to blame when the process dies. */
  const turn = async <T>(step: () => Promise<T>): Promise<T> => {
    await attempt.rest();
    return await slices.turn(async () => {
      await attempt.begin();
      return await step();
    });
  };
  const hold = async <T>(
    work: (context: TransactionContext) => Promise<T>,
    isProgress: boolean,
  ): Promise<T> => {
    signal.throwIfAborted();
    const result = await turn(() =>
      inTransaction(context, async (context) => {
        const now = context.now();
        if (!await holdJob(context.store, job, { now, isProgress })) throw new LeaseLostError();
        return await work(context);
      })
    );
    if (isProgress) attempt.gotOn();
    return result;
  };
  const slice: JobRun["slice"] = (work) => hold(work, true);
  const beginning: JobRun["beginning"] = (work) => hold(work, false);
  try {
    await attempt.begin();
    return { kind: "ended", end: await kind.run({ job, context, signal, slice, beginning, turn }) };
  } catch (error) {
    if (error instanceof LeaseLostError) return { kind: "lost" };
    if (signal.aborted || isStoreFault(error)) throw error;
    return { kind: "failed", error };
  }
}

const NEVER_ENDED = `${MAX_ATTEMPTS} processes in turn took it up and ended before it was done`;

/** Stores how an attempt ended: the job is done, due again later, or has failed. */
export async function endJob(
  context: HostContext,
  kind: JobKind,
  { job, number }: Attempt,
  outcome: Outcome,
): Promise<void> {
  if (outcome.kind === "lost") return;
  await inTransaction(context, async (context) => {
    const { store } = context;
    const now = context.now();
    if (outcome.kind === "ended") {
      const { end } = outcome;
      if (end.kind === "done") return await finishJob(store, job, now);
      await releaseJob(store, job, { now, afterMs: end.afterMs, tried: 0, error: null });
      return;
    }
    const error = errorText(outcome.error);
    if (number < MAX_ATTEMPTS) {
      const afterMs = Math.min(FIRST_WAIT_MS * 4 ** (number - 1), LONGEST_WAIT_MS);
      await releaseJob(store, job, { now, afterMs, tried: number, error });
      return;
    }
    const { retryMs } = kind;
    const isLast = retryMs === undefined;
    const hasEnded = isLast
      ? await failJob(store, job, { now, error })
      : await releaseJob(store, job, {
        now,
        afterMs: number > MAX_ATTEMPTS ? DEADLY_WORK_MS : retryMs,
        tried: 0,
        error,
      });
    if (hasEnded) await kind.failed?.(context, job);
  });
  if (outcome.kind !== "failed") return;
  context.platform.terminal.stderr.write(
    `The job "${job.kind}" of ${job.key} failed, attempt ${number}: ${errorText(outcome.error)}\n`,
  );
}
