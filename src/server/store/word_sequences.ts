import { integer } from "./row.ts";
import type { HostStore } from "./store.ts";

/** Characters of a word that SQLite's index knows together; words of fewer are not in it. */
const TOGETHER = 3;
/** Sequences of one word, and of all words, that are looked at. */
const OF_A_WORD = 4;
const OF_ALL_WORDS = 24;
/** Sequences that the index is asked for at once. */
const ASKED_FOR = 4;
/** The share of the changes that hold a rare sequence. */
const RARE = 0.01;
/** Entries by which it is told how rare a sequence is. */
const SAMPLE = 32;
/** Issues that are compared with the words in the time that one more sample takes. */
const FEW_ISSUES = 20;
/** Entries that are gone through in much less time than one more sample takes. */
const FEW_ENTRIES = 5_000;

/** Microseconds that it takes to compare one issue with the words. */
const ISSUE_US = 8;
/** Microseconds that it takes to look one more sequence up, and to pass one of its entries. */
const LOOK_UP_US = 60;
const ENTRY_US = 0.01;
/** Entries on a page of the index: those of the pages between are not passed. */
const PAGE_ENTRIES = 4_000;

/** Characters that stand together in a word. */
export interface Sequence {
  readonly text: string;
  /** The number of the word. */
  readonly word: number;
}

/** Entries of a resource in the index: those after a number, up to another. */
export interface Span {
  readonly after: number;
  readonly upTo: number;
}

/** What to ask the index for. */
export interface Asked {
  readonly sequences: readonly string[];
  /** Which share of the changes hold the rarest of them, as far as is known. */
  readonly rarest: number;
  /** Which share hold all of them, if words come by chance. */
  readonly all: number;
}

/**
 * Returns sequences of words, first those that are likely to be rare: with digits in them, and of long words. Each word
 * has its first before any has its second.
 */
export function sequencesOf(words: readonly string[]): Sequence[] {
  const byWord = words.map((word, number) => ({ sequences: spread(word), number }))
    .sort((one, other) => other.sequences.length - one.sequences.length);
  const found = new Map<string, Sequence>();
  for (let turn = 0; turn < OF_A_WORD; turn++) {
    for (const { sequences, number } of byWord) {
      const text = sequences[turn];
      if (text !== undefined && !found.has(text)) found.set(text, { text, word: number });
    }
  }
  const all = [...found.values()];
  const withDigits = all.filter(({ text }) => digitsIn(text) > 0);
  return [...withDigits, ...all.filter(({ text }) => digitsIn(text) === 0)].slice(0, OF_ALL_WORDS);
}

/** Returns sequences of a word, evenly spread: those with the most digits first, then from its last to its first. */
function spread(word: string): string[] {
  const characters = [...word];
  const last = characters.length - TOGETHER;
  const count = Math.min(OF_A_WORD, Math.max(0, last + 1));
  const sequences = Array.from({ length: count }, (_, index) => {
    const at = count === 1 ? 0 : Math.round((count - 1 - index) * last / (count - 1));
    return characters.slice(at, at + TOGETHER).join("");
  });
  return sequences.sort((one, other) => digitsIn(other) - digitsIn(one));
}

function digitsIn(text: string): number {
  return text.match(/\p{N}/gu)?.length ?? 0;
}

/**
 * Chooses the sequences that leave the fewest issues to be compared with the words, as far as their last entries tell.
 * It looks at no more of them when those that it knows are rare enough.
 */
export async function rarest(
  store: HostStore,
  span: Span,
  sequences: readonly Sequence[],
): Promise<Asked> {
  const changes = Math.max(1, span.upTo - span.after);
  const known: Known[] = [];
  for (const sequence of sequences) {
    const share = await shareOf(store, span, sequence);
    // No issue holds all words when none holds a part of one.
    if (share === 0) return { sequences: [sequence.text], rarest: 0, all: 0 };
    known.push({ ...sequence, share });
    known.sort((one, other) => one.share - other.share);
    const isRare = (known[0]?.share ?? 1) * changes <= FEW_ENTRIES;
    if (isRare && changes * together(known) <= FEW_ISSUES) break;
  }
  const asked = worthAsking(known, changes);
  return {
    sequences: asked.map(({ text }) => text),
    rarest: known[0]?.share ?? 1,
    all: together(asked),
  };
}

interface Known extends Sequence {
  readonly share: number;
}

/** Returns which share of the changes hold a sequence, as far as the last entries tell. */
async function shareOf(
  store: HostStore,
  { after, upTo }: Span,
  { text }: Sequence,
): Promise<number> {
  const row = await store.one(
    `SELECT COUNT(*) AS entries, MIN(entry) AS first FROM (
       SELECT rowid AS entry FROM search_words WHERE search_words MATCH ?
         AND rowid > CAST(? AS INTEGER) AND rowid <= CAST(? AS INTEGER)
       ORDER BY rowid DESC LIMIT ${SAMPLE}) AS newest`,
    quoted(text),
    after,
    upTo,
  );
  const entries = row === null ? 0 : integer(row, "entries");
  if (row === null || entries === 0) return 0;
  const first = entries < SAMPLE ? after : integer(row, "first");
  return Math.min(1, entries / (upTo - first + 1));
}

/** Returns which share of the changes hold all sequences: those of one word go together. */
function together(known: readonly Known[]): number {
  const byWord = new Map<number, number>();
  for (const { word, share } of known) {
    byWord.set(word, Math.min(share, byWord.get(word) ?? 1));
  }
  return [...byWord.values()].reduce((all, share) => all * share, 1);
}

/**
 * Returns the sequence of each word that is rarest, then others of them, as long as one more costs less than the
 * comparisons that it saves. Two tell a word from most others; more are asked for where they are rare.
 */
function worthAsking(known: readonly Known[], changes: number): Known[] {
  const turnOf = (one: Known) => known.filter(({ word }) => word === one.word).indexOf(one);
  const firsts = known.filter((one) => turnOf(one) === 0);
  const seconds = known.filter((one) => turnOf(one) === 1);
  const others = known.filter((one) => turnOf(one) > 1 && one.share < RARE);
  const asked: Known[] = [];
  for (const one of [...firsts, ...seconds, ...others].slice(0, ASKED_FOR)) {
    const left = changes * together(asked);
    const passed = Math.min(changes * one.share, left * PAGE_ENTRIES);
    const costs = LOOK_UP_US + passed * ENTRY_US;
    if (asked.length > 0 && costs > left * (1 - one.share) * ISSUE_US) break;
    asked.push(one);
  }
  return asked;
}

/** Returns a sequence as the index is asked for it. */
export function quoted(sequence: string): string {
  return `"${sequence.replaceAll('"', '""')}"`;
}
