import type { Position } from "./issue_filter.ts";
import type { Matches } from "./issue_matches.ts";
import type { Ranking } from "./issue_ranking.ts";

/** Meets the rows of all issues in the order of their ids, after one of them, until it is told that it is enough. */
export type IdsInOrder = (after: string | null, isEnough: (row: number) => boolean) => void;

/** Which issues are wanted. */
export interface Wanted {
  /** How many. */
  readonly count: number;
  /** After which position. */
  readonly after: Position | undefined;
  readonly idsInOrder: IdsInOrder;
}

/** Issues of equal numbers that the database sorts; more of them are met in the order of their ids. */
const FEW = 1_000;
/** So many values are kept at least until the greater ones of them are dropped. */
const KEPT = 1_024;

/** Returns the rows of at least the first `count` of the matching issues after a position, and of few others. */
export function firstOf(
  matches: readonly Matches[],
  ranking: Ranking,
  wanted: Wanted,
): readonly number[] {
  return new Choice(matches, ranking, wanted).rows();
}

/** An issue: the index of its segment's matches times this, plus its place. */
const SEGMENT = 2 ** 16;

/** The first issues of a list by their numbers. */
class Choice {
  readonly #matches: readonly Matches[];
  readonly #ranking: Ranking;
  readonly #wanted: Wanted;
  /** 1 or −1: numbers times this ascend. */
  readonly #sign: number;
  /** The numbers of each segment with a match. */
  readonly #ranks: readonly (readonly ArrayLike<number>[])[];
  readonly #chosen: number[] = [];

  constructor(matches: readonly Matches[], ranking: Ranking, wanted: Wanted) {
    this.#matches = matches.filter(({ count }) => count > 0);
    this.#ranking = ranking;
    this.#wanted = wanted;
    this.#sign = ranking.descending ? -1 : 1;
    this.#ranks = this.#matches.map(({ segment }) => ranking.ranksIn(segment));
  }

  rows(): readonly number[] {
    const { count, after } = this.#wanted;
    const { slack } = this.#ranking;
    let start = -Infinity;
    if (after !== undefined) {
      const position = this.#ranking.ranksOf(after).map((rank) => this.#sign * rank);
      const [first = 0] = position;
      this.#chooseAround(position, String(after.at(-1)));
      start = first + slack;
    }
    const last = this.#valueOf(start, count);
    const before = this.#issues({ from: start, to: last - slack, isInclusive: false });
    for (const issue of before) this.#choose(issue);
    this.#chooseFirst(last, count - before.length, null);
    return this.#chosen;
  }

  /** Chooses from the issues whose first number is that of the position. */
  #chooseAround([first = 0, second]: readonly number[], id: string): void {
    if (second === undefined) return this.#chooseFirst(first, this.#wanted.count, id);
    const after = this.#equal(first, Infinity).map((issue) => ({
      issue,
      rank: this.#second(issue),
    }))
      .filter(({ rank }) => rank >= second);
    const beyond = after.filter(({ rank }) => rank > second).map(({ issue }) => issue);
    for (const { issue, rank } of after) if (rank === second) this.#choose(issue);
    this.#chooseBySecond(beyond, this.#wanted.count);
  }

  /** Chooses the first ones, after an id, of the issues whose first number is this one. */
  #chooseFirst(value: number, count: number, id: string | null): void {
    const { isExact } = this.#ranking;
    const equal = this.#equal(value, isExact ? FEW + 1 : Infinity);
    if (isExact && equal.length > FEW) this.#chooseById(value, count, id);
    else if (id === null) this.#chooseBySecond(equal, count);
    else for (const issue of equal) this.#choose(issue);
  }

  /** Chooses the first ones of issues whose first numbers are equal. */
  #chooseBySecond(issues: readonly number[], count: number): void {
    const ranks = Float64Array.from(issues, (issue) => this.#second(issue));
    const last = ranks.toSorted()[count - 1] ?? Infinity;
    for (const [at, issue] of issues.entries()) {
      if ((ranks[at] ?? 0) <= last) this.#choose(issue);
    }
  }

  #chooseById(value: number, count: number, id: string | null): void {
    let left = count;
    this.#wanted.idsInOrder(id, (row) => {
      const at = this.#matches.findIndex(({ segment }) => row >= segment.first);
      const { segment, places = null } = this.#matches[at] ?? {};
      const place = segment?.placeOf(row) ?? null;
      if (place === null || this.#sign * (this.#ranks[at]?.[0]?.[place] ?? 0) !== value) {
        return false;
      }
      if (places !== null && !holds(places, place)) return false;
      this.#chosen.push(row);
      return --left <= 0;
    });
  }

  #choose(issue: number): void {
    const { segment } = this.#matches[Math.floor(issue / SEGMENT)] ?? {};
    if (segment !== undefined) this.#chosen.push(segment.rowAt(issue % SEGMENT));
  }

  #second(issue: number): number {
    const [, ranks = []] = this.#ranks[Math.floor(issue / SEGMENT)] ?? [];
    return this.#sign * (ranks[issue % SEGMENT] ?? 0);
  }

  /** The `count`-th of the first numbers after one, in their order. */
  #valueOf(start: number, count: number): number {
    const all = this.#matches.reduce((sum, { count }) => sum + count, 0);
    const kept = new Float64Array(Math.max(KEPT, 2 * Math.min(count, all)));
    let size = 0;
    let last = Infinity;
    const drop = () => {
      const sorted = kept.subarray(0, size).sort();
      if (size < count) return;
      size = count;
      last = sorted[count - 1] ?? Infinity;
    };
    this.#eachRank((rank) => {
      if (rank > start && rank < last) kept[size++] = rank;
      if (size === kept.length) drop();
      return true;
    });
    drop();
    return last;
  }

  #equal(value: number, most: number): readonly number[] {
    const { slack } = this.#ranking;
    return this.#issues({ from: value - slack, to: value + slack, isInclusive: true, most });
  }

  /** The issues, at most so many, whose first number is between two, or one of them. */
  #issues({ from, to, isInclusive, most = Infinity }: Range): readonly number[] {
    const found: number[] = [];
    this.#eachRank((rank, at, place) => {
      const isMeant = isInclusive ? rank >= from && rank <= to : rank > from && rank < to;
      if (isMeant) found.push(at * SEGMENT + place);
      return found.length < most;
    });
    return found;
  }

  /** Tells of the first number of each issue, with its segment and its place there, while `look` wants more. */
  #eachRank(look: (rank: number, at: number, place: number) => boolean): void {
    for (const [at, { segment, places }] of this.#matches.entries()) {
      const [ranks = []] = this.#ranks[at] ?? [];
      const length = places === null ? segment.places : places.length;
      for (let index = 0; index < length; index++) {
        const place = places === null ? index : places[index] ?? 0;
        if (!look(this.#sign * (ranks[place] ?? 0), at, place)) return;
      }
    }
  }
}

/** Which numbers are meant. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly isInclusive: boolean;
  readonly most?: number;
}

/** Whether a number is among ascending ones. */
function holds(numbers: ArrayLike<number>, wanted: number): boolean {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((numbers[middle] ?? 0) < wanted) from = middle + 1;
    else to = middle;
  }
  return numbers[from] === wanted;
}
