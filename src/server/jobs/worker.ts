import { isOutage, isStoreFault } from "../store/store_faults.ts";
import { errorText } from "../../platform/tracker_error.ts";
import type { HostContext } from "../context/host_context.ts";
import { LEASE_MS, nextDueMs, renewJob, returnJob, takeJob } from "../store/jobs.ts";
import type { LeasedJob, Share } from "../store/jobs.ts";
import type { Stop } from "../store/store.ts";
import { Attempt } from "./attempt.ts";
import { type JobKinds, LeaseLostError } from "./job_kind.ts";
import { adoptOperations, JOBS_CHANNEL } from "./queue.ts";
import { endJob, JobSlices, LONGEST_WAIT_MS, runJob } from "./run_job.ts";

/** Milliseconds between two looks at the jobs when nothing wakes the worker. */
export const POLL_MS = 5_000;

/** Milliseconds between two renewals of a lease. */
const RENEW_MS: number = LEASE_MS / 3;

/** Milliseconds that an operation without a job is left to the process that stored it. */
const ADOPT_AFTER_MS: number = LEASE_MS;

/**
 * Works on the jobs of the store, as many at once as their kinds allow, beside the workers of other processes. It works
 * on one job at a time that was tried in vain, until that job gets on. So it is known which job the process died at.
 */
export class Worker {
  readonly #context: HostContext;
  readonly #kinds: JobKinds;
  readonly #slices: JobSlices;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<Promise<void>, Share>();
  readonly #whenIdle: (() => void)[] = [];
  /** The job under way that was tried in vain. */
  #tried: LeasedJob | null = null;
  #wake: () => void = () => {};
  #isWoken = false;
  #isWaiting = false;
  #isAway = false;
  #working: Promise<void> | null = null;

  /** Creates a worker; `kinds` says what is to be done for which job. */
  constructor(context: HostContext, kinds: JobKinds) {
    this.#context = context;
    this.#kinds = kinds;
    this.#slices = new JobSlices(context, this.#stopping.signal);
  }

  /** Begins, with the operations that an earlier process left; returns how many of those had no job. */
  async start(): Promise<number> {
    const adopted = await adoptOperations(this.#context, 0);
    const stop = await this.#context.store.listen(JOBS_CHANNEL, () => this.#wakeUp());
    this.#working = this.#work(stop);
    return adopted;
  }

  /** Stops; what is not done is given back, so that another process continues it at once. */
  async stop(): Promise<void> {
    this.#stopping.abort(new DOMException("The host stops", "AbortError"));
    this.#wakeUp();
    await this.#working;
    await Promise.all(this.#underWay.keys());
  }

  /** Resolves when nothing is under way and no job is due. */
  async idle(): Promise<void> {
    if (this.#working === null || (this.#isWaiting && this.#isIdle)) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  get #isIdle(): boolean {
    return !this.#isWoken && this.#underWay.size === 0;
  }

  #wakeUp(): void {
    this.#isWoken = true;
    this.#wake();
  }

  async #work(stopListening: Stop): Promise<void> {
    const { signal } = this.#stopping;
    try {
      while (!signal.aborted) {
        this.#isWoken = false;
        await this.#wait(await this.#look());
      }
    } finally {
      stopListening();
      this.#tellIdle();
    }
  }

  /** Takes what is due; returns until when there is nothing to do. A database that is away is waited for. */
  async #look(): Promise<number> {
    const { store, now, platform } = this.#context;
    try {
      await adoptOperations(this.#context, ADOPT_AFTER_MS);
      while (!this.#stopping.signal.aborted) {
        const kinds = this.#freeKinds();
        const lease = platform.random.uuid();
        const wanted = { kinds, mayBeTried: this.#tried === null, lease, now: now() };
        const { half, most } = this.#shares();
        const job = await takeJob(store, { ...wanted, full: half }) ??
          (half.length === 0 ? null : await takeJob(store, { ...wanted, yielding: most }));
        if (job === null) break;
        this.#begin(job);
      }
      const at = now();
      const due = this.#freeKinds().length === 0 ? null : await nextDueMs(store, at);
      this.#isAway = false;
      // A job of a kind that is busy is due already; its turn comes with the end of another.
      return at + (due === null || due <= 0 ? POLL_MS : Math.min(due, POLL_MS));
    } catch (error) {
      if (!this.#isAway && !isOutage(error)) this.#tell(`Cannot take a job: ${errorText(error)}`);
      this.#isAway = true;
      return now() + POLL_MS;
    }
  }

  #freeKinds(): string[] {
    const running = [...this.#underWay.values()];
    return Object.entries(this.#kinds).flatMap(([name, { atOnce }]) =>
      running.filter(({ kind }) => kind === name).length < atOnce ? [name] : []
    );
  }

  /**
   * Returns which connections have half of what is worked on at once of a kind: a slow provider is to hold no more while
   * the jobs of others are due. Those of `most` have all but one of it, which is left to others.
   */
  #shares(): { readonly half: readonly Share[]; readonly most: readonly Share[] } {
    const half: Share[] = [];
    const most: Share[] = [];
    const running = [...this.#underWay.values()];
    for (const [name, { atOnce }] of Object.entries(this.#kinds)) {
      const ofKind = running.filter(({ kind }) => kind === name);
      for (const share of new Set(ofKind.map(({ share }) => share))) {
        const count = ofKind.filter((one) => one.share === share).length;
        if (atOnce > 1 && count >= Math.ceil(atOnce / 2)) half.push({ kind: name, share });
        if (atOnce > 1 && count >= atOnce - 1) most.push({ kind: name, share });
      }
    }
    return { half, most };
  }

  /** Waits until it is woken, a job is due, or it is time to look again. */
  async #wait(until: number): Promise<void> {
    // The look itself takes time, and a clock may be set back.
    const ms = Math.min(until - this.#context.now(), POLL_MS);
    if (this.#isWoken || ms <= 0) return;
    this.#isWaiting = true;
    if (this.#underWay.size === 0) this.#tellIdle();
    const time = this.#context.platform.clock.deadline(ms);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      time.signal.addEventListener("abort", () => this.#wakeUp(), { once: true });
    });
    this.#wake = () => {};
    time.clear();
    this.#isWaiting = false;
  }

  #tellIdle(): void {
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  #begin(job: LeasedJob): void {
    if (job.tried > 0) this.#tried = job;
    const work = this.#perform(job).finally(() => {
      this.#underWay.delete(work);
      if (this.#tried === job) this.#tried = null;
      this.#wakeUp();
    });
    this.#underWay.set(work, job);
  }

  /** Lets another job that was tried in vain have its turn, once this one gets on. */
  #gotOn(job: LeasedJob): void {
    if (this.#tried !== job) return;
    this.#tried = null;
    this.#wakeUp();
  }

  /** Works on a job until it has ended, is given back, or belongs to another process. */
  async #perform(job: LeasedJob): Promise<void> {
    const lost = new AbortController();
    const over = new AbortController();
    const renewing = this.#renew(job, lost, over.signal);
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    const kind = Object.entries(this.#kinds).find(([name]) => name === job.kind)?.[1];
    const { store } = this.#context;
    const attempt = new Attempt(store, job, () => this.#gotOn(job));
    try {
      if (kind === undefined) return;
      await this.#persist(attempt, signal, async () => {
        const outcome = await runJob(this.#slices, kind, attempt, signal);
        if (!lost.signal.aborted) await endJob(this.#context, kind, attempt, outcome);
      });
      if (this.#stopping.signal.aborted && !lost.signal.aborted) {
        await returnJob(store, job, attempt.tried);
      }
    } catch (error) {
      // The lease runs out by itself, and the job is taken again.
      this.#tell(`The job "${job.kind}" of ${job.key} is left for now: ${errorText(error)}`);
    } finally {
      over.abort();
      await renewing;
    }
  }

  /** Tries again for as long as it is the store that fails: a full disk or a lost database is no failure of the job. */
  async #persist(attempt: Attempt, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const { clock } = this.#context.platform;
    const { job } = attempt;
    for (let wait = 1_000;; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) return;
        if (!isStoreFault(error)) throw error;
        // An outage is told once for all jobs.
        if (!isOutage(error)) {
          this.#tell(
            `The job "${job.kind}" of ${job.key} is tried again in ${wait / 1000} s: ${
              errorText(error)
            }`,
          );
        }
        await this.#rest(attempt);
      }
      await clock.sleep(wait, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
  }

  /** Does not count the attempt while the store is waited for, if the store is there to be told. */
  async #rest(attempt: Attempt): Promise<void> {
    try {
      await attempt.rest();
    } catch (error) {
      // The next attempt finds out the same.
      if (!isStoreFault(error) && !(error instanceof LeaseLostError)) throw error;
    }
  }

  /** Renews the lease until the work is over; the work ends when it is lost, or may be. */
  async #renew(job: LeasedJob, lost: AbortController, over: AbortSignal): Promise<void> {
    const { store, now, platform: { clock } } = this.#context;
    let renewed = clock.monotonic();
    while (!over.aborted) {
      const time = clock.deadline(RENEW_MS);
      const turn = AbortSignal.any([time.signal, over]);
      if (!turn.aborted) {
        await new Promise<void>((resolve) =>
          turn.addEventListener("abort", () => resolve(), { once: true })
        );
      }
      time.clear();
      if (over.aborted) return;
      try {
        if (!await renewJob(store, job, now())) return lost.abort();
        renewed = clock.monotonic();
      } catch (error) {
        if (clock.monotonic() - renewed < LEASE_MS) continue;
        this.#tell(`The lease of job "${job.kind}" cannot be renewed: ${errorText(error)}`);
        return lost.abort(error);
      }
    }
  }

  #tell(line: string): void {
    this.#context.platform.terminal.stderr.write(`${line}\n`);
  }
}
