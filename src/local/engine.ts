import type { Clock } from "../platform/clock.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { RunKind, RunOutcome } from "../store/runs.ts";
import type { SyncRules } from "../sync/absorb.ts";
import type { Connector } from "./connector.ts";
import { type LocalPullOptions, pull, SMALL_CACHE } from "./pull.ts";
import { type LocalPushOptions, push } from "./push.ts";
import {
  failuresOf,
  heldBy,
  type LocalPullReport,
  type LocalPushReport,
  type LocalRunReport,
  type SyncEvent,
  type SyncReport,
} from "../sync/sync_report.ts";
import type { PackageTickets } from "../sync/package_tickets.ts";
import { OWN_CLOCK } from "../sync/times.ts";
import { localPackageTickets } from "./package_tickets.ts";
import { planningConnector } from "./planning.ts";

/** What a sync works on. */
export interface SyncContext {
  readonly connector: Connector;
  /** The cache; for a dry run a copy of it. */
  readonly store: IssueStore;
  readonly rules: SyncRules;
  readonly clock: Pick<Clock, "now">;
  /** The tool runs on this machine and tells the time by its clock. */
  readonly theirClock: typeof OWN_CLOCK;
  readonly dryRun: boolean;
  /** A cache of at most this many issues is listed as a whole every time. */
  readonly smallCache: number;
  /** Told of each step. */
  readonly onEvent: (event: SyncEvent) => void;
  /** Called between steps; a sync stops where it throws. */
  readonly checkStop?: () => void | Promise<void>;
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly connector: Connector;
  /** For a dry run hand in a copy: what a dry run does is done to the store it is given. */
  readonly store: IssueStore;
  readonly rules: SyncRules;
  readonly clock: Pick<Clock, "now">;
  readonly dryRun?: boolean;
  readonly smallCache?: number;
  readonly onEvent?: (event: SyncEvent) => void;
  readonly checkStop?: () => void | Promise<void>;
}

/** The sync engine: pull, push and both, around the merge of single issues. */
export class SyncEngine {
  readonly #context: SyncContext;

  /** Starts nothing yet. */
  constructor(options: EngineOptions) {
    const { connector, dryRun = false, onEvent = () => {}, checkStop } = options;
    this.#context = {
      connector: dryRun ? planningConnector(connector) : connector,
      store: options.store,
      rules: options.rules,
      clock: options.clock,
      theirClock: OWN_CLOCK,
      dryRun,
      smallCache: options.smallCache ?? SMALL_CACHE,
      onEvent,
      ...(checkStop === undefined ? {} : { checkStop }),
    };
  }

  /** Stores what has changed at the tracker. Throws what the connector's `list` throws. */
  pull(options: LocalPullOptions = {}): Promise<LocalPullReport> {
    return this.#logged("pull", () => pull(this.#context, options));
  }

  /** Writes what has changed here to the tracker. Throws what {@link push} throws. */
  push(options: LocalPushOptions = {}): Promise<LocalPushReport> {
    return this.#logged("push", () => push(this.#context, options));
  }

  /** A pull, then a push. Throws what these throw. */
  run(options: LocalPullOptions & LocalPushOptions = {}): Promise<LocalRunReport> {
    return this.#logged("run", async () => ({
      kind: "run",
      dryRun: this.#context.dryRun,
      pull: await pull(this.#context, options),
      push: await push(this.#context, options),
    }));
  }

  /** The tickets of work packages; the caller holds the lock of the tool's database. */
  packageTickets(): PackageTickets {
    return localPackageTickets(this.#context);
  }

  async #logged<R extends SyncReport>(kind: RunKind, work: () => Promise<R>): Promise<R> {
    const { store, clock } = this.#context;
    const startedAt = clock.now();
    const log = (outcome: RunOutcome, counts: Record<string, number>) =>
      store.runs.record({ kind, startedAt, finishedAt: clock.now(), outcome, counts });
    try {
      const report = await work();
      const isWhole = failuresOf(report).length === 0 && heldBy(report) === 0;
      log(isWhole ? "ok" : "partial", countsOf(report));
      return report;
    } catch (error) {
      // The database itself may be what fails; the error that tells so must not be lost over the log.
      try {
        log("failed", {});
      } catch {
        throw error;
      }
      throw error;
    }
  }
}

function countsOf(report: SyncReport): Record<string, number> {
  if (report.kind !== "run") {
    const { created, updated, skipped, conflicts, failures } = report;
    return { created, updated, skipped, conflicts, failed: failures.length };
  }
  const pulled = Object.entries(countsOf(report.pull)).map(([name, n]) => [`pulled_${name}`, n]);
  const pushed = Object.entries(countsOf(report.push)).map(([name, n]) => [`pushed_${name}`, n]);
  return Object.fromEntries([...pulled, ...pushed]);
}
