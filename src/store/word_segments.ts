/**
 * Parts of an index of words: which issues of a segment hold which three bytes that follow each other. Such a
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
 * LIKE takes these for the same character, one that stands for what is none. In a text from JSON there may be half a
 * character, which reads as up to three of them.
 */
const REPLACED = /[\ud800-\udfff\ufffd-\uffff]/u;

const ENCODER = new TextEncoder();

/** Collects issues for one segment. */
export class SegmentBuilder {
  #issues = 0;
  #count = 0;
  #entries = new Uint32Array(1 << 16);
  #bytes = new Uint8Array(1 << 12);
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
    // One unit of a string may take three bytes.
    if (this.#bytes.length < 3 * text.length) this.#bytes = new Uint8Array(3 * text.length);
    const { written } = ENCODER.encodeInto(text, this.#bytes);
    this.#makeRoom(written);
    const [bytes, seen, entries] = [this.#bytes, this.#seen, this.#entries];
    let count = this.#count;
    let bucket = 0;
    for (let at = 0; at < written; at++) {
      bucket = next(bucket, bytes[at] ?? 0);
      if (at >= 2 && seen[bucket] !== place + 1) {
        seen[bucket] = place + 1;
        entries[count++] = (bucket << 16) | place;
      }
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
    const entries = this.#entries.subarray(0, this.#count);
    for (let at = 0; at < entries.length; at++) {
      const bucket = (entries[at] ?? 0) >>> 16;
      starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
    }
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
    }
    const places = new Uint16Array(entries.length);
    const free = starts.slice();
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] ?? 0;
      const to = free[entry >>> 16] ?? 0;
      places[to] = entry & 0xffff;
      free[entry >>> 16] = to + 1;
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
 * Returns the numbers of the sequences of a text that is looked for, each once; none for one or two letters. What comes
 * after a NUL does not count: there SQLite's LIKE ends. A character that LIKE takes for another one is in no sequence.
 */
export function bucketsOf(text: string): readonly number[] {
  const compared = text.split("\0", 1)[0] ?? "";
  const found = new Set<number>();
  for (const piece of compared.split(REPLACED)) {
    let bucket = 0;
    for (const [at, byte] of ENCODER.encode(piece).entries()) {
      bucket = next(bucket, byte);
      if (at >= 2) found.add(bucket);
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

/**
 * Returns the number of the sequence that a byte ends, from that of the one before: five bits of each byte, so that the
 * fourth from the end has no part in it. Small letters alone have a number each. An upper letter of ASCII counts as a
 * lower one.
 */
function next(bucket: number, byte: number): number {
  return (bucket << 5 ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)) & (BUCKETS - 1);
}
