import type { ResultStatus, ResultSummary } from "../contract/results.ts";

/** Returns the status of several answers as one: all alike keep it, a mixture is partial. `null` before the first. */
export function worstStatus(before: ResultStatus | null, next: ResultStatus): ResultStatus {
  return before === null || before === next ? next : "partial";
}

/** Returns the counts of two answers as one. */
export function addSummaries(a: ResultSummary, b: ResultSummary): ResultSummary {
  return {
    total: a.total + b.total,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}
