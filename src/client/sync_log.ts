import type { Clock } from "../platform/clock.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { RunKind, RunOutcome, SyncRun } from "../store/runs.ts";
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

/** Logs a sync in the cache that it has open, just before it ends with this result. */
export type LogIn<T> = (store: Pick<IssueStore, "runs">, result: T) => void;

/** Keeps a log of syncs in the cache; a sync does not fail for its log. */
export class SyncLog {
  readonly #options: SyncLogOptions;

  /** A log in a cache. */
  constructor(options: SyncLogOptions) {
    this.#options = options;
  }

  /**
   * Syncs while no other process syncs the same cache, and logs how it ended; `signal` ends the wait. Work that does not
   * log its result itself has the cache opened once more for it.
   */
  async logged<T>(
    kind: RunKind,
    work: (log: LogIn<T>) => Promise<T>,
    describe: (result: T) => LoggedSync,
    signal?: AbortSignal,
  ): Promise<T> {
    const sync = { purpose: `sync ${kind}`, signal };
    return await this.#options.exclusively(sync, () => this.#logged(kind, work, describe));
  }

  async #logged<T>(
    kind: RunKind,
    work: (log: LogIn<T>) => Promise<T>,
    describe: (result: T) => LoggedSync,
  ): Promise<T> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    const run = (outcome: RunOutcome, counts: SyncRun["counts"]): SyncRun => {
      return { kind, startedAt, finishedAt: clock.now(), outcome, counts };
    };
    const ended = (result: T): SyncRun => {
      const [status, counts] = describe(result);
      return run(status === "error" ? "failed" : status, counts);
    };
    let isLogged = false;
    const log: LogIn<T> = ({ runs }, result) => {
      try {
        runs.record(ended(result));
        isLogged = true;
      } catch {
        // It is tried once more where the cache is opened for it.
      }
    };
    try {
      const result = await work(log);
      if (!isLogged) await this.#record(ended(result));
      return result;
    } catch (error) {
      // A wait that was given up has not failed: the work continues at the host.
      const stopped = error instanceof TrackerError && error.code === "interrupted";
      if (!stopped) await this.#record(run("failed", {}));
      throw error;
    }
  }

  async #record(run: SyncRun): Promise<void> {
    try {
      using store = await this.#options.open();
      store.runs.record(run);
    } catch (error) {
      this.#options.debug?.(`The sync could not be logged: ${errorText(error)}`);
    }
  }
}
