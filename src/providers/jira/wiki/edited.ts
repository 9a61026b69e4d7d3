import { align, gapsOf, type Pair } from "../markdown/align.ts";
import { type Block, keyOf } from "../markdown/draft.ts";
import { readMarkdown } from "../markdown/read.ts";
import { readWiki, type WikiBlock } from "./read.ts";
import { writeWiki } from "./write.ts";
import type { WikiWriting } from "./write_inline.ts";

/** Characters of Markdown that are read; Jira takes far fewer. */
const MAX_LENGTH = 500_000;

/** Wiki markup after an edit. */
export interface WikiAfterEdit {
  readonly text: string;
  /** What the edit takes away, each in plain words. */
  readonly lost: readonly string[];
}

/**
 * Returns the wiki markup of Jira Data Center after somebody edited the Markdown that `wikiMarkdown` shows of `before`:
 * `before` itself when it says the same. Each block that was not edited keeps its very text. Returns `null` for
 * Markdown that wiki markup cannot hold, as a table within a list.
 */
export function wikiAfter(markdown: string, before: string): WikiAfterEdit | null {
  if (markdown.length > MAX_LENGTH) return null;
  const fresh = readMarkdown(markdown);
  if (fresh === null) return null;
  const { blocks, rest, macros } = readWiki(before);
  const pairs = align(blocks.map(({ draft }) => keyOf(draft)), fresh.map(keyOf));
  if (pairs.length === blocks.length && pairs.length === fresh.length) {
    return { text: before, lost: [] };
  }
  const writing: WikiWriting = { macros, lost: new Set(), isRefused: false };
  const places = placesOf(pairs, blocks, fresh);
  const end = before.includes("\r\n") ? "\r\n" : "\n";
  let text = places[0]?.old === 0 ? blocks[0]?.gap ?? "" : "";
  for (const [at, draft] of fresh.entries()) {
    const { old, isKept } = places[at] ?? { old: null, isKept: false };
    const last = places[at - 1]?.old ?? null;
    const block = old === null ? undefined : blocks[old];
    if (at > 0) {
      const follows = old !== null && last !== null && old === last + 1;
      text += follows ? block?.gap ?? "" : `${end}${end}`;
    }
    text += isKept && block !== undefined
      ? block.source
      : writeWiki(draft, writing).replaceAll("\n", end);
  }
  if (writing.isRefused) return null;
  const isEnd = places.at(-1)?.old === blocks.length - 1;
  return { text: `${text}${isEnd ? rest : ""}`, lost: [...writing.lost] };
}

/** Which block a new one was, and whether it still is the same. */
interface Place {
  readonly old: number | null;
  readonly isKept: boolean;
}

/** Finds the old block of each new one: the same, or one of its kind that stood between the same neighbours. */
function placesOf(
  pairs: readonly Pair[],
  blocks: readonly WikiBlock[],
  fresh: readonly Block[],
): readonly Place[] {
  const places: Place[] = fresh.map(() => ({ old: null, isKept: false }));
  for (const [a, b] of pairs) places[b] = { old: a, isKept: true };
  for (const gap of gapsOf(pairs, { old: [0, blocks.length], new: [0, fresh.length] })) {
    for (let step = 0; gap.old[0] + step < gap.old[1] && gap.new[0] + step < gap.new[1]; step++) {
      const [a, b] = [gap.old[0] + step, gap.new[0] + step];
      if (blocks[a]?.draft.kind === fresh[b]?.kind) places[b] = { old: a, isKept: false };
    }
  }
  return places;
}
