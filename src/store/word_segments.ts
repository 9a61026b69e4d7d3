/**
 * Parts of an index of words: which issues of a segment hold which three characters that follow each other. Such a
 * sequence is known by a number of {@link BUCKETS}, so that a few issues are proposed that hold another one of the same
 * number: who asks compares what is proposed with the words. Letters of ASCII count in either case, as they do for
 * SQLite's LIKE.
 */

/** Issues of one segment, at most. */
export const ISSUES_IN_SEGMENT = 1_024;
/** Parts that a segment is stored in, so that a search reads few bytes of it. */
export const PARTS = 32;

const BITS = 15;
const BUCKETS = 1 << BITS;
const BUCKETS_IN_PART = BUCKETS / PARTS;
/** Bytes before the lists: two for the length of each. */
const HEAD = 2 * BUCKETS_IN_PART;
/** Stands for the length of a list that more than half of the issues would be in: it rules too few out. */
const ALL = 0xffff;
/** Entries from which on a segment takes no more issues, so that building it needs little memory. */
const MOST_ENTRIES = 1 << 20;

/** Which issues of a segment a sequence is in: their places, or all. */
export type Holders = readonly number[] | "all";

/** Places of issues by sequence, one list after the other. */
interface Lists {
  readonly places: Uint16Array;
  /** Where each list begins, and where the last one ends. */
  readonly starts: Uint32Array;
}

/**
 * From this unit on LIKE takes all for the same one, which stands for what is no character. In a text from JSON there
 * may be half a character, which reads as up to three of them.
 */
const REPLACED = 0xfffd;

/** Collects issues for one segment. */
export class SegmentBuilder {
  #issues = 0;
  #count = 0;
  #entries = new Uint32Array(1 << 16);
  readonly #sizes = new Uint16Array(BUCKETS);
  /** The number of the last issue that held the sequence, from 1. */
  readonly #seen = new Uint16Array(BUCKETS);

  /** Whether it takes no more issues. */
  get isFull(): boolean {
    return this.#issues >= ISSUES_IN_SEGMENT || this.#count >= MOST_ENTRIES;
  }

  /** Adds an issue by what is searched of it. */
  add(texts: readonly string[]): void {
    const place = this.#issues++;
    for (const text of texts) this.#addText(place, text);
  }

  /** Returns the {@link PARTS} parts in which the segment is stored. */
  parts(): readonly Uint8Array[] {
    const lists = this.#lists();
    return Array.from({ length: PARTS }, (_, part) => this.#part(part, lists));
  }

  #addText(place: number, text: string): void {
    this.#makeRoom(text.length);
    const [seen, sizes, entries] = [this.#seen, this.#sizes, this.#entries];
    let count = this.#count;
    let [first, second] = [0, 0];
    for (let at = 0; at < text.length; at++) {
      const third = folded(text.charCodeAt(at));
      const bucket = bucketOf(first, second, third);
      if (at >= 2 && seen[bucket] !== place + 1) {
        seen[bucket] = place + 1;
        sizes[bucket] = (sizes[bucket] ?? 0) + 1;
        entries[count++] = (bucket << 16) | place;
      }
      first = second;
      second = third;
    }
    this.#count = count;
  }

  #makeRoom(entries: number): void {
    const needed = this.#count + Math.min(entries, BUCKETS);
    if (needed <= this.#entries.length) return;
    const longer = new Uint32Array(Math.max(needed, this.#entries.length * 2));
    longer.set(this.#entries);
    this.#entries = longer;
  }

  #lists(): Lists {
    const starts = new Uint32Array(BUCKETS + 1);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      starts[bucket + 1] = (starts[bucket] ?? 0) + (this.#sizes[bucket] ?? 0);
    }
    const places = new Uint16Array(this.#count);
    const next = starts.slice();
    for (let at = 0; at < this.#count; at++) {
      const entry = this.#entries[at] ?? 0;
      const bucket = entry >>> 16;
      const to = next[bucket] ?? 0;
      places[to] = entry & 0xffff;
      next[bucket] = to + 1;
    }
    return { places, starts };
  }

  #part(part: number, { places, starts }: Lists): Uint8Array {
    const from = part * BUCKETS_IN_PART;
    const entries = (starts[from + BUCKETS_IN_PART] ?? 0) - (starts[from] ?? 0);
    const bytes = new Uint8Array(HEAD + 2 * entries);
    const head = new DataView(bytes.buffer);
    let end = HEAD;
    for (let bucket = 0; bucket < BUCKETS_IN_PART; bucket++) {
      const start = starts[from + bucket] ?? 0;
      const stop = starts[from + bucket + 1] ?? 0;
      if (2 * (stop - start) > this.#issues) {
        head.setUint16(2 * bucket, ALL, true);
        continue;
      }
      const begin = end;
      let expected = 0;
      for (let at = start; at < stop; at++) {
        const place = places[at] ?? 0;
        const gap = place - expected;
        expected = place + 1;
        if (gap >= 0x80) bytes[end++] = 0x80 | gap >> 8;
        bytes[end++] = gap & 0xff;
      }
      head.setUint16(2 * bucket, end - begin, true);
    }
    return bytes.subarray(0, end);
  }
}

/**
 * Returns the numbers of the sequences of a text that is looked for, each once; none for one or two characters. What
 * comes after a NUL does not count: there SQLite's LIKE ends. A character that LIKE takes for another one is in no
 * sequence.
 */
export function bucketsOf(text: string): readonly number[] {
  const compared = text.toWellFormed().split("\0", 1)[0] ?? "";
  const units = Array.from({ length: compared.length }, (_, at) => folded(compared.charCodeAt(at)));
  const found = new Set<number>();
  for (const [at, third] of units.entries()) {
    const [first = 0, second = 0] = [units[at - 2], units[at - 1]];
    if (at >= 2 && Math.max(first, second, third) < REPLACED) {
      found.add(bucketOf(first, second, third));
    }
  }
  return [...found];
}

/** Returns which of the parts of a segment tells of a sequence. */
export function partOf(bucket: number): number {
  return Math.floor(bucket / BUCKETS_IN_PART);
}

/** Reads from a part which issues of the segment a sequence is in. */
export function holdersIn(part: Uint8Array, bucket: number): Holders {
  const head = new DataView(part.buffer, part.byteOffset, HEAD);
  const own = bucket % BUCKETS_IN_PART;
  const length = head.getUint16(2 * own, true);
  if (length === ALL) return "all";
  let at = HEAD;
  for (let other = 0; other < own; other++) {
    const before = head.getUint16(2 * other, true);
    if (before !== ALL) at += before;
  }
  const places: number[] = [];
  let expected = 0;
  for (const end = at + length; at < end;) {
    let gap = part[at++] ?? 0;
    if (gap >= 0x80) gap = (gap & 0x7f) << 8 | (part[at++] ?? 0);
    places.push(expected + gap);
    expected += gap + 1;
  }
  return places;
}

/** An upper letter of ASCII becomes a lower one. */
function folded(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}

/** Spreads sequences over the buckets; the factors are odd and have about as many ones as zeros. */
function bucketOf(first: number, second: number, third: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) + Math.imul(second, 0x85ebca6b) +
    Math.imul(third, 0xc2b2ae35);
  return (mixed ^ mixed >>> 15) >>> 0 >>> (32 - BITS);
}
