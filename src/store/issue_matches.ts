import { ISSUE_TYPES, PRIORITIES, STATUSES } from "../contract/issue.ts";
import { foldedName } from "./issue_columns.ts";
import type { IssueFilter } from "./issue_filter.ts";
import type { IssueSegment } from "./issue_segments.ts";

/** The issues of a segment that pass a filter. */
export interface Matches {
  readonly segment: IssueSegment;
  /** Their places in ascending order; `null` stands for every place. */
  readonly places: ArrayLike<number> | null;
  /** How many they are. */
  readonly count: number;
}

/** Returns which issues of a segment pass a filter, without its text and its page. */
export function matchesIn(segment: IssueSegment, filter: IssueFilter): Matches {
  let places: ArrayLike<number> | null = null;
  for (const restrict of restrictions(filter)) places = restrict(segment, places);
  const { past } = segment;
  if (past.size > 0) places = chosen(segment, places, (place) => !past.has(place));
  return { segment, places, count: places?.length ?? segment.places };
}

/** Returns which of some places pass. */
type Restriction = (
  segment: IssueSegment,
  places: ArrayLike<number> | null,
) => ArrayLike<number> | null;

/** Those that leave the fewest come first, because they look at no issue. */
function restrictions(filter: IssueFilter): readonly Restriction[] {
  const { updatedSince, assignees = [], labels = [], parent } = filter;
  return [
    ...(parent === undefined ? [] : [holding("parent", [bound(parent)])]),
    ...labels.map((label) => holding("labels", [foldedName(bound(label))])),
    ...(assignees.length === 0 ? [] : [
      holding("assignees", assignees.map((name) => name === "" ? null : foldedName(bound(name)))),
    ]),
    ...oneOf("status", STATUSES, filter.status),
    ...oneOf("issueType", ISSUE_TYPES, filter.issueType),
    ...oneOf("priority", PRIORITIES, filter.priority),
    ...(updatedSince === undefined ? [] : [since(updatedSince)]),
  ];
}

/** A text as SQLite gets it. */
function bound(text: string): string {
  return text.toWellFormed();
}

function oneOf<T>(
  column: "status" | "issueType" | "priority",
  all: readonly T[],
  wanted: readonly T[] = [],
): readonly Restriction[] {
  if (wanted.length === 0) return [];
  const isWanted = all.map((value) => wanted.includes(value));
  return [(segment, places) => {
    const codes = segment.codes(column);
    return chosen(segment, places, (place) => isWanted[codes[place] ?? -1] === true);
  }];
}

function since(time: number): Restriction {
  return (segment, places) => {
    const [updated = []] = segment.numbers("updated");
    return chosen(segment, places, (place) => (updated[place] ?? 0) >= time);
  };
}

/** Has one of these texts, or no text at all for `null`. */
function holding(
  column: "assignees" | "labels" | "parent",
  texts: readonly (string | null)[],
): Restriction {
  return (segment, places) => {
    const lists = segment.holders(column, (text) => texts.includes(text));
    const [first = []] = lists;
    const held = lists.length < 2 ? first : union(lists);
    if (held.length === segment.places) return places;
    if (places === null) return held;
    const among = new Set(Array.from(held));
    return chosen(segment, places, (place) => among.has(place));
  };
}

function union(lists: readonly ArrayLike<number>[]): readonly number[] {
  const all = new Set<number>();
  for (const places of lists) {
    for (let at = 0; at < places.length; at++) all.add(places[at] ?? 0);
  }
  return [...all].sort((a, b) => a - b);
}

function chosen(
  segment: IssueSegment,
  places: ArrayLike<number> | null,
  passes: (place: number) => boolean,
): readonly number[] {
  const found: number[] = [];
  const length = places?.length ?? segment.places;
  for (let at = 0; at < length; at++) {
    const place = places === null ? at : places[at] ?? 0;
    if (passes(place)) found.push(place);
  }
  return found;
}
