import { countAttempts, type LeasedJob } from "../store/jobs.ts";
import type { HostStore } from "../store/store.ts";
import { LeaseLostError } from "./job_kind.ts";

/**
 * One attempt at a job. The store counts a second or later attempt while work on the job is under way, and only then. So a
 * job that kills its process each time is found out, and a job that waited beside it is not blamed. A first attempt is
 * not counted here: the process that takes the job of a dead process counts it.
 */
export class Attempt {
  readonly job: LeasedJob;
  readonly #store: HostStore;
  readonly #gotOn: () => void;
  #tried: number;
  /** What the store counts; `null` when it has not answered. */
  #stored: number | null;

  /** Creates the attempt of one taking; `gotOn` is called when the job gets on for the first time. */
  constructor(store: HostStore, job: LeasedJob, gotOn: () => void) {
    this.job = job;
    this.#store = store;
    this.#gotOn = gotOn;
    this.#tried = job.tried;
    this.#stored = job.tried;
  }

  /** Which attempt it is since the job last got on, from 1. */
  get number(): number {
    return this.#tried + 1;
  }

  /** How many attempts were in vain. */
  get tried(): number {
    return this.#tried;
  }

  /**
   * Counts the attempt, before work on the job.
   *
   * @throws {LeaseLostError} when another process has the job.
   */
  async begin(): Promise<void> {
    if (this.#tried > 0) await this.#count(this.number);
  }

  /**
   * Does not count the attempt while the job only waits.
   *
   * @throws {LeaseLostError} when another process has the job.
   */
  async rest(): Promise<void> {
    if (this.#tried > 0) await this.#count(this.#tried);
  }

  /** Notes a transaction of the work that was committed: the job may be tried as often as at first. */
  gotOn(): void {
    if (this.#tried > 0) this.#gotOn();
    this.#tried = 0;
    this.#stored = 0;
  }

  async #count(count: number): Promise<void> {
    if (this.#stored === count) return;
    this.#stored = null;
    if (!await countAttempts(this.#store, this.job, count)) throw new LeaseLostError();
    this.#stored = count;
  }
}
