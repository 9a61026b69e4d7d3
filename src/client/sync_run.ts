import type { RunResult } from "../contract/results.ts";
import { interrupted, TrackerError } from "../platform/tracker_error.ts";
import type { PageCounts } from "../store/issue_store.ts";
import { invalidResponse } from "./answers.ts";
import type { HostedClient } from "./client.ts";
import type { EditsDeps } from "./edits_deps.ts";
import type { PushEditsChoice } from "./edits_report.ts";
import { mergeRules, MetConflicts } from "./merging.ts";
import { pushEdits } from "./push_edits.ts";
import { asOfNow, sendOnceMore } from "./run_edits.ts";
import { afterCycle, CYCLE_SIZE, NO_CYCLES } from "./run_plan.ts";
import { type RunReport, RunTotals } from "./run_totals.ts";
import { type PullChoice, pullIssues, type PullReport } from "./sync_pull.ts";
import { isPushResult, type PushChoice, waitFor } from "./sync_push.ts";

/** How to run a full sync. */
export interface RunChoice
  extends
    Pick<PushChoice, "signal" | "onProgress">,
    Pick<PullChoice, "onPage" | "onEvent">,
    Pick<PushEditsChoice, "retry"> {
  /** Has the host read from the tracker before it writes to it; true unless given. */
  readonly pullFirst?: boolean | undefined;
  /** At most this many issues, sent, and in one cycle of the host; everything unless given. */
  readonly limit?: number | undefined;
}

/** What a full sync needs. */
export interface RunDeps extends EditsDeps {
  readonly client: Pick<HostedClient, "run" | "push" | "waitForOperation" | "pull">;
}

/**
 * Sends the edits that wait here, has the host do its full cycle, again and again until it has nothing left to do, then
 * pulls all that has changed since the last pull. What is still to be sent after that, such as what was merged with what
 * the pull brought, is sent once more. With a limit it is one cycle and one pull of so many, and the report says whether something is
 * left.
 *
 * @throws {StaleBindingError} and what the client and the store throw; after a cycle, the message says that it was done.
 */
export async function runFully(deps: RunDeps, choice: RunChoice): Promise<RunReport> {
  const totals = new RunTotals();
  const { signal, onProgress, onEvent, retry, limit } = choice;
  const sending: PushEditsChoice = { signal, onProgress, onEvent, retry, limit };
  const first = await pushEdits(deps, sending);
  const { hasMore, stored } = await runCycles(deps, choice, totals);
  const left = limit === undefined ? "rest" : limit - stored;
  if (choice.pullFirst === false) return totals.report(null, hasMore, await asOfNow(deps, first));
  if (left !== "rest" && left <= 0) return totals.report(null, true, await asOfNow(deps, first));
  const pulled = await sayingCycles(1, () => pullRest(deps, left, choice));
  const edits = await sayingCycles(1, () => sendOnceMore(deps, sending, first));
  return totals.report(pulled, hasMore || pulled.hasMore, edits);
}

/** Has the host do its cycles, and keeps what they pulled. */
async function runCycles(
  deps: RunDeps,
  choice: RunChoice,
  totals: RunTotals,
): Promise<{ readonly hasMore: boolean; readonly stored: number }> {
  let state = NO_CYCLES;
  let stored = 0;
  while (true) {
    const readAt = deps.clock.now();
    const result = await sayingCycles(state.cycles, () => runCycle(deps, choice));
    const { counts, met } = await keepPulled(deps, result, { readAt, onEvent: choice.onEvent });
    stored += counts.created + counts.updated + counts.unchanged;
    totals.addCycle(result, counts, met);
    const { next, hasMore, ...step } = afterCycle(state, result, choice.limit);
    if (next === "fail") throw neverEnding();
    if (next === "stop") return { hasMore, stored };
    if (choice.signal?.aborted === true) throw interrupted(choice.signal.reason);
    ({ state } = step);
  }
}

/** Puts the issues that a full cycle has pulled into the cache, merged with the edits that wait here. */
export async function keepPulled(
  { cache, router, merging }: Pick<RunDeps, "cache" | "router" | "merging">,
  { pull: { items } }: RunResult,
  { readAt, onEvent }: {
    /** When the request began that made the host pull. */
    readonly readAt: number;
    readonly onEvent?: PullChoice["onEvent"];
  },
): Promise<{ readonly counts: PageCounts; readonly met: MetConflicts }> {
  const met = new MetConflicts();
  if (items == null || items.length === 0) {
    return { counts: { created: 0, updated: 0, unchanged: 0 }, met };
  }
  using store = await cache.open(router.binding);
  const rules = mergeRules(store, merging, readAt, (event) => {
    met.count(event);
    onEvent?.(event);
  });
  return { counts: store.putPage(items, null, rules), met };
}

async function runCycle(
  { client, provider, router }: RunDeps,
  choice: RunChoice,
): Promise<RunResult> {
  const { pullFirst, limit = CYCLE_SIZE, signal } = choice;
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
  { signal, onPage, onEvent }: RunChoice,
): Promise<PullReport> {
  return pullIssues(deps, { limit, signal, onPage, onEvent });
}

function neverEnding(): TrackerError {
  return invalidResponse(
    "run",
    "It says in `has_more` that there is more, but does nothing",
    "has_more",
  );
}

/** Says of a failure after some cycles that the host has done its part before. */
async function sayingCycles<T>(cycles: number, work: () => Promise<T>): Promise<T> {
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
