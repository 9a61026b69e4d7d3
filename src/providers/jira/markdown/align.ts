/** Places of two rows that belong together: the one of the old row, the one of the new row. */
export type Pair = readonly [number, number];

/** A stretch without pairs, between two of them or at an end: from the first place to before the second one. */
export interface Gap {
  readonly old: readonly [number, number];
  readonly new: readonly [number, number];
}

/** The most comparisons for one stretch; a longer one is paired by what stands in it just once. */
const MAX_COMPARISONS = 250_000;

/** Returns the places where both rows have the same, in order, as many as can be found in a bounded time. */
export function align(old: readonly string[], fresh: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = [];
  const waiting: Gap[] = [{ old: [0, old.length], new: [0, fresh.length] }];
  for (;;) {
    const gap = waiting.pop();
    if (gap === undefined) break;
    let { old: [a, aEnd], new: [b, bEnd] } = gap;
    while (a < aEnd && b < bEnd && old[a] === fresh[b]) pairs.push([a++, b++]);
    while (a < aEnd && b < bEnd && old[aEnd - 1] === fresh[bEnd - 1]) pairs.push([--aEnd, --bEnd]);
    if (a === aEnd || b === bEnd) continue;
    const rest: Gap = { old: [a, aEnd], new: [b, bEnd] };
    if ((aEnd - a) * (bEnd - b) <= MAX_COMPARISONS) pairs.push(...longest(old, fresh, rest));
    else {
      const anchors = rising(once(old, fresh, rest));
      pairs.push(...anchors);
      if (anchors.length > 0) waiting.push(...gapsOf(anchors, rest));
    }
  }
  return pairs.toSorted(([a], [b]) => a - b);
}

/** Returns the stretches between pairs, those without any place in either row left out. */
export function gapsOf(pairs: readonly Pair[], within: Gap): readonly Gap[] {
  const found: Gap[] = [];
  let [a, b] = [within.old[0], within.new[0]];
  for (const [nextA, nextB] of [...pairs, [within.old[1], within.new[1]] as const]) {
    if (nextA > a || nextB > b) found.push({ old: [a, nextA], new: [b, nextB] });
    [a, b] = [nextA + 1, nextB + 1];
  }
  return found;
}

/** The longest common row of a stretch. */
function longest(old: readonly string[], fresh: readonly string[], gap: Gap): Pair[] {
  const [a, b] = [old.slice(...gap.old), fresh.slice(...gap.new)];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j]
        ? at(i + 1, j + 1) + 1
        : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([gap.old[0] + i++, gap.new[0] + j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

/** What stands in both rows just once. */
function once(old: readonly string[], fresh: readonly string[], gap: Gap): Pair[] {
  const inOld = singles(old, gap.old);
  const inNew = singles(fresh, gap.new);
  const pairs: Pair[] = [];
  for (const [text, a] of inOld) {
    const b = inNew.get(text);
    if (a !== null && b !== undefined && b !== null) pairs.push([a, b]);
  }
  return pairs;
}

function singles(
  row: readonly string[],
  [start, end]: readonly [number, number],
): Map<string, number | null> {
  const found = new Map<string, number | null>();
  for (let at = start; at < end; at++) {
    const text = row[at] ?? "";
    found.set(text, found.has(text) ? null : at);
  }
  return found;
}

/** The most of the pairs that rise in both rows; they rise in the first one already. */
function rising(pairs: readonly Pair[]): Pair[] {
  const ends: number[] = [];
  const before: number[] = [];
  for (const [at, [, b]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < b) low = middle + 1;
      else high = middle;
    }
    before[at] = low === 0 ? -1 : ends[low - 1] ?? -1;
    ends[low] = at;
  }
  const found: Pair[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at];
    if (pair !== undefined) found.push(pair);
  }
  return found.toReversed();
}

/** The most pairs of a stretch that are weighed against each other; a longer one is paired in order. */
const MAX_WEIGHED = 2_500;

/**
 * Pairs what was changed with what it was changed into, in order: the most alike. `alike` gives 0 for what cannot be
 * the same, and up to 1.
 */
export function pairChanged<Old, New>(
  old: readonly Old[],
  fresh: readonly New[],
  alike: (old: Old, fresh: New) => number,
): readonly Pair[] {
  if (old.length * fresh.length > MAX_WEIGHED) return inOrder(old, fresh, alike);
  const width = fresh.length + 1;
  const weights = old.map((one) => fresh.map((other) => alike(one, other)));
  const best = new Float64Array((old.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  const weight = (i: number, j: number) => weights[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      const both = weight(i, j) > 0 ? weight(i, j) + at(i + 1, j + 1) : 0;
      best[i * width + j] = Math.max(both, at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let [i, j] = [0, 0]; i < old.length && j < fresh.length;) {
    if (weight(i, j) > 0 && at(i, j) === weight(i, j) + at(i + 1, j + 1)) pairs.push([i++, j++]);
    else if (at(i, j) === at(i + 1, j)) i++;
    else j++;
  }
  return pairs;
}

function inOrder<Old, New>(
  old: readonly Old[],
  fresh: readonly New[],
  alike: (old: Old, fresh: New) => number,
): Pair[] {
  const pairs: Pair[] = [];
  for (const [i, one] of old.entries()) {
    const other = fresh[i];
    if (other !== undefined && alike(one, other) > 0) pairs.push([i, i]);
  }
  return pairs;
}

/** Returns how much of their words two texts share, above 0 and up to 1; the first hundreds of words count. */
export function likeness(a: string, b: string): number {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  let shared = 0;
  for (const word of one) if (other.has(word)) shared++;
  return (1 + 2 * shared) / (2 + one.size + other.size);
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.slice(0, 2_000).match(/[\p{L}\p{N}]+/gu) ?? []);
}
