import type { Inline } from "../../pages/markdown_inline.ts";
import { sanitize } from "./sanitize.ts";
import { displayWidth, graphemes } from "./table.ts";
import {
  bold,
  cyan,
  dim,
  type Fragment,
  italic,
  joined,
  struck,
  type Text,
  underlined,
} from "./text.ts";

/** A word of a line, or a part of one that looks different. */
export interface Word {
  readonly plain: string;
  /** Gives it, or a part of it, its looks. */
  readonly paint: (plain: string) => Fragment;
  /** Whether a blank, and so perhaps a line end, stands before it. */
  readonly isApart: boolean;
  /** An address is never parted, so that it can be copied. */
  readonly isAddress?: boolean;
  /** A line ends before it. */
  readonly isBreak?: boolean;
}

/** How words look. */
export interface Look {
  /** Whether the marks of Markdown stay, since nothing else tells what they say. */
  readonly marks: boolean;
  /** Paints every word, under what Markdown says of it. */
  readonly paint?: (fragment: Fragment) => Fragment;
}

type Paint = (fragment: Fragment) => Fragment;

const MARKS = { strong: "**", emphasis: "*", struck: "~~" } as const;
const PAINTS = { strong: bold, emphasis: italic, struck } as const;

/** Returns what stands in the lines of a block as words. Every character of it is fit for a terminal. */
export function wordsOf(parts: readonly Inline[], { marks, paint = (one) => one }: Look): Word[] {
  const words: Word[] = [];
  let isApart = false;
  const add = (plain: string, look: Paint, more: Partial<Word> = {}) => {
    words.push({ plain, paint: look, isApart, ...more });
    isApart = false;
  };
  const addText = (text: string, look: Paint) => {
    for (const [part] of sanitize(text).matchAll(/\s+|\S+/g)) {
      if (part.trim() === "") isApart = true;
      else add(part, look);
    }
  };
  const addParts = (inside: readonly Inline[], look: Paint) => {
    for (const part of inside) {
      switch (part.kind) {
        case "text":
          addText(part.text, look);
          break;
        case "code":
          addText(`\`${part.text}\``, (one) => look(cyan(one)));
          break;
        case "break":
          add("", look, { isBreak: true });
          break;
        case "link":
          addLink(part, look);
          break;
        default: {
          // A struck text says the opposite without its mark, which some terminals do not draw.
          const mark = marks || part.kind === "struck" ? MARKS[part.kind] : "";
          const own: Paint = (one) => look(PAINTS[part.kind](one));
          if (mark !== "") add(mark, look);
          addParts(part.parts, own);
          if (mark !== "") {
            isApart = false;
            add(mark, look);
          }
        }
      }
    }
  };
  const addLink = ({ url, parts: inside }: Inline & { kind: "link" }, look: Paint) => {
    const says = plainOf(inside);
    const own: Paint = (one) => look(underlined(one));
    if (says === url || `${says}/` === url) return add(says, own, { isAddress: true });
    addParts(inside, own);
    isApart = true;
    // Where it leads, whatever its words say.
    add(`(${url})`, (one) => look(dim(one)), { isAddress: true });
  };
  addParts(parts, paint);
  return words;
}

function plainOf(parts: readonly Inline[]): string {
  return parts.map((part) =>
    part.kind === "break" ? " " : "parts" in part ? plainOf(part.parts) : part.text
  ).join("");
}

/** Returns a line of ours, or of others once sanitized, as words. */
export function plainWords(
  line: string,
  paint: (plain: string) => Fragment = (one) => one,
): Word[] {
  return line.split(/ +/).map((plain, at) => ({
    plain,
    paint,
    isApart: at > 0,
    isAddress: /^https?:\/\//.test(plain),
  }));
}

/** How wide the widest line of words is. */
export function widthOf(words: readonly Word[]): number {
  let widest = 0;
  let width = 0;
  for (const { plain, isApart, isBreak } of words) {
    if (isBreak) width = 0;
    else width += displayWidth(plain) + (isApart && width > 0 ? 1 : 0);
    widest = Math.max(widest, width);
  }
  return widest;
}

/**
 * Sets words in lines of at most `width` columns, of which the first has `taken` behind it. Only an address may be
 * wider.
 */
export function wrapped(words: readonly Word[], width: number, taken = 0): Text[] {
  const lines: Text[] = [];
  let line: Fragment[] = [];
  let used = taken;
  const end = () => {
    lines.push(joined(line, ""));
    line = [];
    used = 0;
  };
  const put = (plain: string, { paint }: Word) => {
    line.push(paint(plain));
    used += displayWidth(plain);
  };
  for (const cluster of clustersOf(words)) {
    if (cluster[0]?.isBreak) {
      end();
      continue;
    }
    const needed = cluster.reduce((sum, { plain }) => sum + displayWidth(plain), 0);
    const canPart = needed > width && !cluster.some(({ isAddress }) => isAddress);
    if (used > 0 && (canPart ? used + 2 : used + 1 + needed) > width) end();
    if (line.length > 0) put(" ", BLANK);
    for (const word of cluster) {
      if (!canPart) put(word.plain, word);
      else {
        for (const part of partsOf(word.plain, () => width - used)) {
          if (part === null) end();
          else put(part, word);
        }
      }
    }
  }
  if (line.length > 0 || lines.length === 0) end();
  return lines;
}

const BLANK: Word = { plain: " ", paint: (plain) => plain, isApart: false };

/** Words that no line end may part. */
function clustersOf(words: readonly Word[]): Word[][] {
  const clusters: Word[][] = [];
  for (const word of words) {
    const last = clusters.at(-1);
    if (last === undefined || word.isApart || word.isBreak || last[0]?.isBreak) {
      clusters.push([word]);
    } else last.push(word);
  }
  return clusters;
}

/** The parts of a word, each as wide as there is room; `null` where a line ends. */
function* partsOf(plain: string, room: () => number): Generator<string | null> {
  let part = "";
  let taken = 0;
  for (const { segment } of graphemes(plain)) {
    const width = displayWidth(segment);
    if (taken + width > room()) {
      if (part !== "") yield part;
      yield null;
      part = "";
      taken = 0;
    }
    part += segment;
    taken += width;
  }
  if (part !== "") yield part;
}
