import type { ClockMeasure } from "../sync/times.ts";

/**
 * Measures the clock of a host by the `Date` of an answer to a request that began at `startedAt` and took `tookMs`. The
 * host has written it in between, cut off to a whole second. Returns `null` for an answer without one, and for one that
 * something in between has kept for a while.
 */
export function measureClock(
  headers: Headers,
  startedAt: number,
  tookMs: number,
): ClockMeasure | null {
  const told = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(told) || headers.has("age")) return null;
  const earliest = told - (startedAt + tookMs);
  const latest = told + 1_000 - startedAt;
  return { offset: (earliest + latest) / 2, uncertainty: (latest - earliest) / 2 };
}
