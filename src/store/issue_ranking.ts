import { PRIORITIES } from "../contract/issue.ts";
import { folded, NUMBERS_OF_START, startOf } from "./issue_columns.ts";
import type { IssueSort, Position } from "./issue_filter.ts";
import type { IssueSegment } from "./issue_segments.ts";

/** Numbers in whose order issues are listed, as far as they tell it. */
export interface Ranking {
  /** Numbers of the issues of a segment, by their places, and others that count where these are equal. */
  readonly ranksIn: (segment: IssueSegment) => readonly ArrayLike<number>[];
  /** The numbers of a position. */
  readonly ranksOf: (position: Position) => readonly number[];
  /** From the greatest to the least. */
  readonly descending: boolean;
  /** So far apart the numbers of two issues may be that come in the other order; 0 where there are second numbers. */
  readonly slack: number;
  /** Whether issues of equal numbers come in the order of their ids. */
  readonly isExact: boolean;
}

/** Prefixes from which on they are too many to be sorted all: names that end in a random number. */
const PREFIXES_AT_MOST = 1_000;
/** Numbers in names from which on they count as equal, so that one number holds prefix and number. */
const GREATEST_NUMBER = 2 ** 42 - 1;
/** A created time may be rounded. */
const CREATED_SLACK_MS = 2;

/** Returns how the issues of some segments are ranked for a sorted list. */
export function rankingFor(
  { by, descending }: IssueSort,
  segments: readonly IssueSegment[],
): Ranking {
  const exact = {
    descending,
    slack: 0,
    isExact: true,
    ranksOf: ([first]: Position) => [Number(first)],
  };
  const coarse = { descending, slack: 0, isExact: false };
  switch (by) {
    case "updated":
      return { ...exact, ranksIn: (segment) => segment.numbers("updated") };
    case "created":
      return {
        ...coarse,
        slack: CREATED_SLACK_MS,
        ranksIn: (segment) => segment.numbers("created"),
        ranksOf: ([seconds]) => [Number(seconds) * 1_000],
      };
    case "status":
      return { ...exact, ranksIn: (segment) => [segment.codes("status")] };
    case "priority":
      return {
        ...exact,
        ranksIn: (segment) => [segment.codes("priority").map((code) => code === 0 ? LAST : code)],
      };
    case "title":
      return {
        ...coarse,
        ranksIn: (segment) => segment.numbers("title"),
        ranksOf: ([title]) => startOf(String(title)),
      };
    case "key":
      return { ...coarse, ...namesRanking(segments) };
  }
}

/** The rank of no priority: after all others. */
const LAST = PRIORITIES.length;

/** By the place of the prefix among all and the number; by the beginnings of the prefixes where these are many. */
function namesRanking(
  segments: readonly IssueSegment[],
): Pick<Ranking, "ranksIn" | "ranksOf"> {
  const names = new Map(segments.map((segment) => [segment, segment.names()]));
  const prefixes = new Set<string>();
  for (const one of names.values()) for (const prefix of one.prefixes) prefixes.add(prefix);
  const namesIn = (segment: IssueSegment) => names.get(segment) ?? segment.names();
  if (prefixes.size > PREFIXES_AT_MOST) {
    return {
      ranksIn(segment) {
        const { prefixes, codes } = namesIn(segment);
        const starts = prefixes.map(startOf);
        return Array.from(
          { length: NUMBERS_OF_START },
          (_, part) => Float64Array.from(codes, (code) => starts[code]?.[part] ?? 0),
        );
      },
      ranksOf: ([prefix]) => startOf(String(prefix)),
    };
  }
  const sorted = [...prefixes].sort(compareTexts);
  const placeOf = (prefix: string) => {
    const before = sorted.findLastIndex((one) => compareTexts(one, prefix) <= 0);
    return sorted[before] === prefix ? before : before + 0.5;
  };
  const ranked = (place: number, number: number) =>
    place * (GREATEST_NUMBER + 1) + Math.min(number, GREATEST_NUMBER);
  return {
    ranksIn(segment) {
      const { prefixes, codes, numbers } = namesIn(segment);
      const places = prefixes.map(placeOf);
      const ranks = new Float64Array(codes.length);
      for (let at = 0; at < ranks.length; at++) {
        ranks[at] = ranked(places[codes[at] ?? 0] ?? 0, numbers[at] ?? 0);
      }
      return [ranks];
    },
    ranksOf: ([prefix, number]) => {
      const place = placeOf(folded(String(prefix)));
      // Between two places no number tells.
      return [ranked(place, Number.isInteger(place) ? Number(number) : 0)];
    },
  };
}

/** Compares texts as SQLite does, by their bytes: characters of two units come last. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  for (let at = 0;; at++) {
    const [one, other] = [a.codePointAt(at) ?? -1, b.codePointAt(at) ?? -1];
    if (one !== other) return one - other;
  }
}
