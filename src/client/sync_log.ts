import type { Clock } from "../platform/clock.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { RunKind, RunOutcome } from "../store/runs.ts";
import type { ExclusiveSync } from "../sync/exclusive.ts";

/** What a log of syncs needs. */
export interface SyncLogOptions {
  readonly clock: Pick<Clock, "now">;
  /** Opens the cache of the binding, created when missing. */
  readonly open: () => Promise<IssueStore>;
  /** Runs a sync while no other process syncs the same cache. */
  readonly exclusively: <T>(sync: ExclusiveSync, work: () => Promise<T>) => Promise<T>;
  readonly debug?: ((message: string) => void) | undefined;
}

/** How a sync ended, and what it counted. */
export type LoggedSync = readonly ["ok" | "partial" | "error", Readonly<Record<string, number>>];

/** Keeps a log of syncs in the cache; a sync does not fail for its log. */
export class SyncLog {
  readonly #options: SyncLogOptions;

  /** A log in a cache. */
  constructor(options: SyncLogOptions) {
    this.#options = options;
  }

  /** Syncs while no other process syncs the same cache, and logs how it ended; `signal` ends the wait. */
  async logged<T>(
    kind: RunKind,
    work: () => Promise<T>,
    describe: (result: T) => LoggedSync,
    signal?: AbortSignal,
  ): Promise<T> {
    const sync = { purpose: `sync ${kind}`, signal };
    return await this.#options.exclusively(sync, () => this.#logged(kind, work, describe));
  }

  async #logged<T>(
    kind: RunKind,
    work: () => Promise<T>,
    describe: (result: T) => LoggedSync,
  ): Promise<T> {
    const startedAt = this.#options.clock.now();
    try {
      const result = await work();
      const [status, counts] = describe(result);
      await this.#record(kind, startedAt, status === "error" ? "failed" : status, counts);
      return result;
    } catch (error) {
      // A wait that was given up has not failed: the work continues at the host.
      const stopped = error instanceof TrackerError && error.code === "interrupted";
      if (!stopped) await this.#record(kind, startedAt, "failed", {});
      throw error;
    }
  }

  async #record(
    kind: RunKind,
    startedAt: number,
    outcome: RunOutcome,
    counts: Readonly<Record<string, number>>,
  ): Promise<void> {
    const { clock, open, debug } = this.#options;
    try {
      using store = await open();
      store.runs.record({ kind, startedAt, finishedAt: clock.now(), outcome, counts });
    } catch (error) {
      debug?.(`The sync could not be logged: ${errorText(error)}`);
    }
  }
}
