import * as v from "valibot";
import { readCursor, readStored } from "../stored.ts";

/** Issues by their ids, each with when it was changed last, in milliseconds since 1970. */
export type Versions = Readonly<Record<string, number>>;

/** What a round leaves to the next one. */
export interface Mark {
  /** The latest change that was shown, in milliseconds since 1970. */
  readonly newest: number;
  /** What the round has seen of the time that the next one lists once more. */
  readonly seen: Versions;
}

/** Where a walk over a list stands, whose latest changes come first. Times are milliseconds since 1970. */
export interface Walk {
  /** Nothing older than this is listed; `null` for everything. A whole minute. */
  readonly since: number | null;
  /** Nothing of this minute or a later one is listed any more; `null` on the first page. A whole minute. */
  readonly until: number | null;
  /** Where Jira continues within these bounds; `null` at their beginning. */
  readonly after: string | null;
  /** The latest change of the first page: what changes later is left to the next walk. */
  readonly newest: number | null;
  /** What the walk before has seen. */
  readonly known: Versions;
  /** What the page before has shown of the minute that this one begins at. */
  readonly tail: Versions;
  /** What this walk has seen so far of the time that the next one lists once more. */
  readonly seen: Versions;
}

const TimeSchema = v.pipe(v.number(), v.integer());
const VersionsSchema = v.record(v.string(), TimeSchema);

const MarkSchema: v.GenericSchema<unknown, Mark> = v.object({
  newest: TimeSchema,
  seen: VersionsSchema,
});

const WalkSchema: v.GenericSchema<unknown, Walk> = v.object({
  since: v.nullable(TimeSchema),
  until: v.nullable(TimeSchema),
  after: v.nullable(v.string()),
  newest: v.nullable(TimeSchema),
  known: VersionsSchema,
  tail: VersionsSchema,
  seen: VersionsSchema,
});

/** Jira compares whole minutes. */
export const MINUTE_MS = 60_000;

/** What changed this long before the latest change is listed once more: a search shows a change late. */
const OVERLAP_MS = 5 * MINUTE_MS;

/** Returns the whole minute that a time is in. */
export function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

/** Returns where a walk begins that continues where an earlier one ended; `null` for the first one. */
export function beginWalk(highWater: string | null): Walk {
  const mark = highWater === null ? null : readStored(MarkSchema, highWater);
  return {
    since: mark === null ? null : minuteOf(mark.newest - OVERLAP_MS),
    until: null,
    after: null,
    newest: mark?.newest ?? null,
    known: mark?.seen ?? {},
    tail: {},
    seen: {},
  };
}

/** One page of the list, as far as a walk looks at it. Times are milliseconds since 1970. */
export interface ListedPage {
  /** When each entry was changed, in the order of the page. */
  readonly times: readonly number[];
  /** The issues of the page as the host has them now. */
  readonly versions: Versions;
  /** Where Jira continues; `null` at the end. */
  readonly next: string | null;
}

/**
 * Returns where a walk continues after a page: at the minute of its last entry, because Jira does not say what a page
 * shows when entries before it move, and where Jira continues once a page has nothing but one minute. `null` after the
 * last page; `mark` is what the next walk begins with.
 */
export function continueWalk(
  walk: Walk,
  { times, versions, next }: ListedPage,
): { readonly next: Walk | null; readonly mark: Mark | null } {
  const isFirst = walk.until === null;
  // The first page has the latest change; what a later one shows is left to the next walk.
  const newest = isFirst
    ? latestOf([...times, ...walk.newest === null ? [] : [walk.newest]])
    : walk.newest;
  if (newest === null) return { next: null, mark: null };
  const from = minuteOf(newest - OVERLAP_MS);
  const late = Object.entries(versions).filter(([, updated]) => updated >= from);
  const seen = { ...walk.seen, ...Object.fromEntries(late) };
  const mark = { newest, seen };
  const last = times.at(-1);
  if (next === null || last === undefined) return { next: null, mark };
  const until = minuteOf(last) + MINUTE_MS;
  const { since, known } = walk;
  const shown = Object.entries(versions).filter(([, updated]) =>
    minuteOf(updated) === minuteOf(last)
  );
  const rest = { since, newest, known, seen, tail: Object.fromEntries(shown) };
  return {
    next: isFirst || until < (walk.until ?? 0)
      ? { ...rest, until, after: null }
      : { ...rest, until: walk.until, after: next },
    mark,
  };
}

function latestOf(times: readonly number[]): number | null {
  return times.reduce<number | null>(
    (latest, time) => latest === null || time > latest ? time : latest,
    null,
  );
}

/** Writes a mark, to be stored. */
export function markText(mark: Mark): string {
  return JSON.stringify(mark);
}

/**
 * Reads where a walk stands.
 *
 * @throws {ProviderError} `rejected` for anything else: the walk begins again.
 */
export function readWalk(text: string): Walk {
  return readCursor(WalkSchema, text);
}
