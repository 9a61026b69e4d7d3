import type { RunResult } from "../contract/results.ts";

/** Where a full sync stands between two cycles of the host. */
export interface RunState {
  readonly cycles: number;
  /** Cycles in a row that did nothing. */
  readonly idle: number;
}

/** What follows from a cycle. */
export interface CycleStep {
  readonly state: RunState;
  /** The host has more to do, as it says or as it seems. */
  readonly hasMore: boolean;
  /** `fail`: the host says that it has more, and never comes to an end. */
  readonly next: "again" | "stop" | "fail";
}

/** Issues that the host is asked to handle in one cycle, when all are wanted. */
export const CYCLE_SIZE = 1_000;

/** A host that says more often than this that it has more never comes to an end. */
export const MAX_CYCLES = 1_000;

/** How often a host is asked again that only seems to have more, for it has handled as many as it was asked to. */
export const MAX_GUESSED_CYCLES = 20;

/** Where a full sync stands before its first cycle. */
export const NO_CYCLES: RunState = { cycles: 0, idle: 0 };

/**
 * Returns what follows from a cycle of at most `limit` issues; with a limit there is one cycle. A host says by
 * `has_more` whether it has more (wire.md, Extensions); one that does not is taken at its counts.
 */
export function afterCycle(
  before: RunState,
  result: RunResult,
  limit: number | undefined,
): CycleStep {
  const said = saidMore(result);
  const hasMore = said ?? isFull(result, limit ?? CYCLE_SIZE);
  const isIdle = result.pull.summary.total + result.push.summary.total === 0;
  const state = { cycles: before.cycles + 1, idle: isIdle ? before.idle + 1 : 0 };
  return {
    state,
    hasMore,
    next: nextStep(state, { isWanted: hasMore && limit === undefined, said }),
  };
}

function nextStep(
  { cycles, idle }: RunState,
  { isWanted, said }: { readonly isWanted: boolean; readonly said: boolean | null },
): CycleStep["next"] {
  if (!isWanted) return "stop";
  if (cycles >= MAX_CYCLES || idle > 1) return "fail";
  return said === null && cycles >= MAX_GUESSED_CYCLES ? "stop" : "again";
}

/** Returns whether the host has more to do, where it says so. */
function saidMore(result: RunResult): boolean | null {
  return "has_more" in result && typeof result.has_more === "boolean" ? result.has_more : null;
}

/** Returns whether a cycle has done as much as it was asked to, so that there may be more. */
function isFull({ pull, push }: RunResult, limit: number): boolean {
  return pull.summary.total >= limit || push.summary.total >= limit;
}
