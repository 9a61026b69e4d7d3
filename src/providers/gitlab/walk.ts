import * as v from "valibot";
import { beginWalk, continueWalk, type Walk as PagedWalk } from "../ascending_walk.ts";
import { cursorBroken, later, readCursor } from "../stored.ts";

/**
 * Where a walk over a list stands, whose entries come in the order of their times. Newer servers name where the next
 * page begins, however many change meanwhile; older ones count pages.
 */
export interface Walk extends PagedWalk {
  /** Where the next page begins, as the server named it; `null` where it counts pages. */
  readonly after: string | null;
}

const WalkSchema: v.GenericSchema<unknown, Walk> = v.object({
  since: v.nullable(v.string()),
  page: v.pipe(v.number(), v.integer(), v.minValue(1)),
  newest: v.nullable(v.string()),
  then: v.optional(v.nullable(v.string())),
  after: v.nullable(v.string()),
});

/** Returns where a walk begins that continues where an earlier one ended; `null` for the first one. */
export function beginList(highWater: string | null): Walk {
  return { ...beginWalk(highWater), after: null };
}

/** One page of the list, as far as a walk looks at it. */
export interface ListedTimes {
  /** The time of each entry, in the order of the page. */
  readonly times: readonly string[];
  /** Where the next page begins, as the server names it; `null` at the end, and where it counts pages. */
  readonly after: string | null;
  readonly isLast: boolean;
}

/**
 * Returns where a walk continues after a page; `null` after the last page.
 *
 * @throws {ProviderError} `rejected` when the server counts pages no more: the walk begins again.
 */
export function continueList(
  walk: Walk,
  { times, after, isLast }: ListedTimes,
): { readonly next: Walk | null; readonly highWater: string | null } {
  if (walk.after !== null || (after !== null && walk.page === 1 && walk.then === undefined)) {
    const newest = later(walk.newest, times.at(-1) ?? null);
    // A server that counts pages from now on would begin with the first one.
    if (!isLast && (after === null || after === walk.after)) throw cursorBroken();
    return { next: isLast ? null : { ...walk, newest, after }, highWater: newest };
  }
  if (after !== null) throw cursorBroken();
  const { next, highWater } = continueWalk(walk, times, isLast);
  return { next: next === null ? null : { ...next, after: null }, highWater };
}

/**
 * Reads where a walk stands.
 *
 * @throws {ProviderError} `rejected` for anything else: the walk begins again.
 */
export function readList(text: string): Walk {
  return readCursor(WalkSchema, text);
}
