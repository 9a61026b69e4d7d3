import * as v from "valibot";
import { later, readCursor } from "./stored.ts";

/** Where a walk over a list stands, whose entries come in the order of their times, the oldest first. */
export interface Walk {
  /** Entries of that time or later, by the provider's clock; `null` from the beginning. */
  readonly since: string | null;
  /** More than a page of entries may have one time: which page of those, from 1. */
  readonly page: number;
  /** The latest time that was shown so far. */
  readonly newest: string | null;
  /** Set while pages are read once more, from the last one to the first: the walk then continues since that, or ends. */
  readonly then?: string | null | undefined;
}

const WalkSchema: v.GenericSchema<unknown, Walk> = v.object({
  since: v.nullable(v.string()),
  page: v.pipe(v.number(), v.integer(), v.minValue(1)),
  newest: v.nullable(v.string()),
  then: v.optional(v.nullable(v.string())),
});

/** What has changed this long before the latest change is read once more: a provider's servers may not agree at once. */
const OVERLAP_MS = 2 * 60_000;

/** Returns where a walk begins that continues where an earlier one ended; `null` for the first one. */
export function beginWalk(highWater: string | null): Walk {
  const at = highWater === null ? NaN : Date.parse(highWater);
  const since = Number.isNaN(at) ? null : secondOf(at - OVERLAP_MS);
  return { since, page: 1, newest: Number.isNaN(at) ? null : highWater };
}

/**
 * Returns where a walk continues after a page: from the last change of that page, not at the page after it, because what
 * changes meanwhile moves to the end and lets the rest move up. Where more than a page has one time, pages are
 * counted after all, and then read backwards: what moved up from a page into one that was read is met there. `null` after
 * the last page.
 */
export function continueWalk(
  walk: Walk,
  shown: readonly string[],
  isLast: boolean,
): { readonly next: Walk | null; readonly highWater: string | null } {
  const last = shown.at(-1) ?? null;
  const newest = later(walk.newest, last);
  const { since, page } = walk;
  const moves = last !== null && (since === null || Date.parse(last) > Date.parse(since));
  const then = walk.then !== undefined ? walk.then : isLast ? null : moves ? last : undefined;
  const next = then === undefined
    ? { since, page: page + 1, newest }
    : page > 1
    ? { since, page: page - 1, newest, then }
    : then === null
    ? null
    : { since: then, page: 1, newest };
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

/** The times of some providers have whole seconds. */
function secondOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
