import type { HostContext, TransactionContext } from "../context/host_context.ts";
import type { LeasedJob } from "../store/jobs.ts";
import type { JobName } from "./queue.ts";

/** How a job ended, other than by an error. */
export type JobEnd =
  | { readonly kind: "done" }
  /** To be gone on with later; it has not failed. */
  | { readonly kind: "again"; readonly afterMs: number };

/** The end of a job that has nothing left to do. */
export const DONE: JobEnd = { kind: "done" };

/** One taking of a job, as its work sees it. */
export interface JobRun {
  readonly job: LeasedJob;
  readonly context: HostContext;
  /** Aborts when the host stops, or the job may belong to another process. */
  readonly signal: AbortSignal;
  /**
   * Runs a slice of the work in a transaction in which the job is still ours. Requests that came meanwhile have their
   * turn first. It gets the job on: after it the job may fail as often as at first.
   *
   * @throws {LeaseLostError} when another process has the job.
   */
  slice<T>(work: (context: TransactionContext) => Promise<T>): Promise<T>;
  /** Does the same for what every attempt repeats, and which is no progress. */
  beginning<T>(work: (context: TransactionContext) => Promise<T>): Promise<T>;
  /** Runs a short step that has no effect of its own; requests that came meanwhile have their turn first. */
  turn<T>(step: () => Promise<T>): Promise<T>;
}

/** What is to be done for jobs of one kind. Each may be taken twice, and has its effect once. */
export interface JobKind {
  /** Jobs of the kind that one process works on at once. */
  readonly atOnce: number;
  /** Milliseconds after which what has failed is tried once more; left out for work that is over then. */
  readonly retryMs?: number;
  /** Does the work. */
  run(run: JobRun): Promise<JobEnd>;
  /** Says in the transaction that ends the last attempt what has failed. */
  failed?(context: TransactionContext, job: LeasedJob): Promise<void>;
}

/** What a process can work on. */
export type JobKinds = Readonly<Partial<Record<JobName, JobKind>>>;

/** Another process has the job, or could have it. */
export class LeaseLostError extends Error {
  /** Creates an error. */
  constructor() {
    super("The lease of the job was lost");
    this.name = "LeaseLostError";
  }
}
