import type { HostedProvider } from "../contract/providers.ts";
import type { RunResult } from "../contract/results.ts";
import type { Clock } from "../platform/clock.ts";
import { interrupted, TrackerError } from "../platform/tracker_error.ts";
import type { PageCounts } from "../store/issue_store.ts";
import { invalidResponse } from "./answers.ts";
import type { HostedClient, RunOptions } from "./client.ts";
import type { Router } from "./routing.ts";
import { type RunReport, RunTotals } from "./run_totals.ts";
import type { IssueCache } from "./sync_cache.ts";
import { type PullChoice, pullIssues, type PullReport } from "./sync_pull.ts";
import { isPushResult, type PushChoice, waitFor } from "./sync_push.ts";

/** How to run a full sync. */
export interface RunChoice
  extends
    Pick<RunOptions, "pullFirst">,
    Pick<PushChoice, "signal" | "onProgress">,
    Pick<PullChoice, "onPage"> {
  /** At most this many issues, in one cycle of the host; everything unless given. */
  readonly limit?: number | undefined;
}

/** What a full sync needs. */
export interface RunDeps {
  readonly provider: HostedProvider;
  readonly client: Pick<HostedClient, "run" | "waitForOperation" | "pull">;
  readonly router: Router;
  readonly cache: Pick<IssueCache, "open">;
  readonly clock: Pick<Clock, "now">;
}

/** Issues that the host is asked to handle in one cycle, when all are wanted. */
export const CYCLE_SIZE = 1_000;

/** A host that says more often than this that it has more never comes to an end. */
export const MAX_CYCLES = 1_000;

/** How often a host is asked again that only seems to have more, for it has handled as many as it was asked to. */
export const MAX_GUESSED_CYCLES = 20;

/**
 * Has the host do its full cycle, again and again until it has nothing left to do, then pulls all that has changed
 * since the last pull. With a limit it is one cycle and one pull of so many, and the report says whether something is
 * left. A host says so by `has_more` (Hosted API, Extensions); one that does not is taken at its counts.
 *
 * @throws {StaleBindingError} and what the client and the store throw; after a cycle, the message says that it was done.
 */
export async function runFully(deps: RunDeps, choice: RunChoice): Promise<RunReport> {
  const limit = choice.limit ?? CYCLE_SIZE;
  const totals = new RunTotals();
  let hasMore = false;
  let stored = 0;
  let idle = 0;
  for (let cycle = 1;; cycle++) {
    const result = await afterCycles(cycle - 1, () => runCycle(deps, limit, choice));
    const counts = await keepPulled(deps, result);
    stored += counts.created + counts.updated + counts.unchanged;
    totals.addCycle(result, counts);
    const said = saidMore(result);
    hasMore = said ?? isFull(result, limit);
    if (!hasMore || choice.limit !== undefined) break;
    idle = result.pull.summary.total + result.push.summary.total === 0 ? idle + 1 : 0;
    if (cycle >= MAX_CYCLES || idle > 1) throw neverEnding();
    if (said === null && cycle >= MAX_GUESSED_CYCLES) break;
    if (choice.signal?.aborted === true) throw interrupted(choice.signal.reason);
  }
  const left = choice.limit === undefined ? "rest" : choice.limit - stored;
  if (choice.pullFirst === false) return totals.report(null, hasMore);
  if (left !== "rest" && left <= 0) return totals.report(null, true);
  const pulled = await afterCycles(1, () => pullRest(deps, left, choice));
  return totals.report(pulled, hasMore || pulled.hasMore);
}

/** Puts the issues that a full cycle has pulled into the cache. */
export async function keepPulled(
  { cache, router }: Pick<RunDeps, "cache" | "router">,
  { pull: { items } }: RunResult,
): Promise<PageCounts> {
  if (items == null || items.length === 0) return { created: 0, updated: 0, unchanged: 0 };
  using store = await cache.open(router.binding);
  return store.putPage(items);
}

async function runCycle(
  { client, provider, router }: RunDeps,
  limit: number,
  choice: RunChoice,
): Promise<RunResult> {
  const { pullFirst, signal } = choice;
  const result = await router.call(async (routing) => {
    const outcome = await client.run(provider, routing, { pullFirst, limit, signal });
    return outcome.kind === "done"
      ? outcome.result
      : await waitFor(client, outcome.operationId, choice);
  });
  if (isPushResult(result)) throw invalidResponse("operation", "`pull` is missing", "pull");
  return result;
}

function pullRest(
  deps: RunDeps,
  limit: number | "rest",
  { signal, onPage }: RunChoice,
): Promise<PullReport> {
  return pullIssues(deps, { limit, signal, onPage });
}

/** Whether the host has more to do, where it says so. */
function saidMore(result: RunResult): boolean | null {
  return "has_more" in result && typeof result.has_more === "boolean" ? result.has_more : null;
}

/** Whether a cycle has done as much as it was asked to, so that there may be more. */
function isFull({ pull, push }: RunResult, limit: number): boolean {
  return pull.summary.total >= limit || push.summary.total >= limit;
}

function neverEnding(): TrackerError {
  return invalidResponse(
    "run",
    "It says in `has_more` that there is more, but does nothing",
    "has_more",
  );
}

/** Says of a failure that the host has done its part before. */
async function afterCycles<T>(cycles: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isTold = error instanceof TrackerError && error.code !== "interrupted";
    if (cycles === 0 || !isTold) throw error;
    throw new TrackerError({
      code: error.code,
      message: `${error.message} (the host has synced with the tracker before)`,
      nextAction: [error.nextAction, "Run `tracker sync run` again to fetch the rest."]
        .filter((part) => part !== null).join(" "),
      details: error.details,
      exitCode: error.exitCode,
      cause: error,
    });
  }
}
