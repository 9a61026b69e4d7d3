import * as v from "valibot";
import { ProviderError } from "../remote.ts";
import { later, readCursor } from "../stored.ts";

/** Where a walk over a list stands, whose newest entries come first. */
export interface Walk {
  /** Nothing older than this is listed; `null` for everything. */
  readonly since: string | null;
  /** Nothing newer than this is listed any more; `null` on the first page. */
  readonly until: string | null;
  /** More than a page has the time `until`: after which of those, as Linear names it. */
  readonly after: string | null;
  /** The newest entry of the first page: the next walk begins there. */
  readonly newest: string | null;
}

const WalkSchema: v.GenericSchema<unknown, Walk> = v.object({
  since: v.nullable(v.string()),
  until: v.nullable(v.string()),
  after: v.nullable(v.string()),
  newest: v.nullable(v.string()),
});

/** What changed this long before the latest change is listed once more: Linear's servers may not agree at once. */
const OVERLAP_MS = 60_000;

/** Returns where a walk begins that continues where an earlier one ended; `null` for the first one. */
export function beginWalk(highWater: string | null): Walk {
  const at = highWater === null ? NaN : Date.parse(highWater);
  const since = Number.isNaN(at) ? null : new Date(at - OVERLAP_MS).toISOString();
  return { since, until: null, after: null, newest: since === null ? null : highWater };
}

/** One page of the list, as far as a walk looks at it. */
export interface ListedTimes {
  /** The time of each entry, in the order of the page. */
  readonly times: readonly string[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

/**
 * Returns where a walk continues after a page: at the time of its last entry, because what changes meanwhile moves to
 * the front, and the place that Linear names for the next page may move with its entry. `null` after the last page.
 *
 * @throws {ProviderError} `failing` when the list begins with the oldest, and the walk would end there.
 */
export function continueWalk(
  walk: Walk,
  { times, endCursor, hasNextPage }: ListedTimes,
): { readonly next: Walk | null; readonly highWater: string | null } {
  const first = times[0] ?? null;
  const last = times.at(-1) ?? null;
  if (first !== null && last !== null && Date.parse(first) < Date.parse(last)) {
    throw new ProviderError({ kind: "failing" }, "Linear lists the oldest first");
  }
  const newest = later(walk.newest, first);
  if (!hasNextPage || last === null) return { next: null, highWater: newest };
  const moves = walk.until === null || Date.parse(last) < Date.parse(walk.until);
  const next = moves
    ? { since: walk.since, until: last, after: null, newest }
    : { since: walk.since, until: walk.until, after: endCursor, newest };
  return { next, highWater: newest };
}

/**
 * Reads where a walk stands.
 *
 * @throws {ProviderError} `rejected` for anything else: the walk begins again.
 */
export function readWalk(text: string): Walk {
  return readCursor(WalkSchema, text);
}
