import { diff3MergeRegions, diffIndices, type IDiffIndicesResult } from "node-diff3";

/** The most comparisons of two lines, for either side, unless given: below a second. */
const MAX_COMPARISONS = 1e8;

/**
 * Merges two versions of a text with their common base, line by line. Returns `null` where both changed the
 * same lines or neighbouring ones to something else, and for texts that would take more than `most` comparisons of two
 * lines. The line ends are those of `theirs`. A line end at the very end is merged for itself.
 */
export function mergeTexts(
  base: string | null,
  ours: string | null,
  theirs: string | null,
  most: number = MAX_COMPARISONS,
): string | null {
  const texts = threeOf(base, ours, theirs);
  const regions = regionsOf(texts, most);
  if (regions === null || regions.some(isConflict)) return null;
  return wordsOf(regions.flatMap(({ ours }) => ours), ...texts);
}

/**
 * Returns the lines of both versions: where they differ, ours and then theirs, without any mark between.
 * Texts that would take too long to compare follow each other whole, with an empty line between them.
 */
export function bothTexts(
  base: string | null,
  ours: string | null,
  theirs: string | null,
): string {
  const texts = threeOf(base, ours, theirs);
  const regions = regionsOf(texts, MAX_COMPARISONS);
  const lines =
    regions?.flatMap((region) =>
      isConflict(region) ? [...region.ours, ...region.theirs] : region.ours
    ) ?? [...texts[1].lines, "", ...texts[2].lines];
  return wordsOf(lines, ...texts);
}

/**
 * Whether `theirs` was written over `sent` and not over `before`: it shows every change that `sent` made to
 * `before`, with other changes beside them.
 */
export function hasArrived(
  before: string | null,
  sent: string | null,
  theirs: string | null,
): boolean {
  const middle = middleOf(threeOf(before, sent, theirs), MAX_COMPARISONS);
  if (middle === null) return false;
  const made = diffIndices(middle.base, middle.ours);
  const shown = diffIndices(middle.base, middle.theirs);
  return made.length > 0 && made.every((change) => shown.some((other) => contains(other, change)));
}

/** A text by its lines. */
interface Text {
  readonly lines: readonly string[];
  /** Whether the last line has an end, too. */
  readonly isEnded: boolean;
  /** How its lines end; `null` in a text of one line. */
  readonly lineEnd: string | null;
}

/** Lines of two texts at one place: the merged ones, or two changes of the same lines. */
interface Region {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

function threeOf(...bodies: [string | null, string | null, string | null]): [Text, Text, Text] {
  const [base, ours, theirs] = bodies;
  return [textOf(base), textOf(ours), textOf(theirs)];
}

function textOf(body: string | null): Text {
  const text = body ?? "";
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? null;
  const isEnded = text.endsWith("\n");
  const lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
  return { lines, isEnded, lineEnd };
}

function wordsOf(lines: readonly string[], base: Text, ours: Text, theirs: Text): string {
  const lineEnd = theirs.lineEnd ?? ours.lineEnd ?? "\n";
  const isEnded = ours.isEnded === base.isEnded ? theirs.isEnded : ours.isEnded;
  return lines.join(lineEnd) + (isEnded ? lineEnd : "");
}

/** The regions of three texts; `null` when finding them would take too long. */
function regionsOf(texts: [Text, Text, Text], most: number): Region[] | null {
  const middle = middleOf(texts, most);
  if (middle === null) return null;
  const regions = diff3MergeRegions(middle.ours, middle.base, middle.theirs).map((region) =>
    region.stable
      ? agreed(region.bufferContent)
      : { ours: region.aContent, theirs: region.bContent }
  );
  return [agreed(middle.head), ...regions, agreed(middle.tail)];
}

/** Three texts without the lines that all of them begin and end with. */
interface Middle {
  readonly base: string[];
  readonly ours: string[];
  readonly theirs: string[];
  readonly head: readonly string[];
  readonly tail: readonly string[];
}

/** Most of a long text is the same on all sides. Returns `null` when comparing the rest would take too long. */
function middleOf([base, ours, theirs]: [Text, Text, Text], most: number): Middle | null {
  const all = [base.lines, ours.lines, theirs.lines];
  const shortest = Math.min(...all.map(({ length }) => length));
  let head = 0;
  while (head < shortest && isOne(all.map((lines) => lines[head]))) head++;
  let tail = 0;
  while (tail < shortest - head && isOne(all.map((lines) => lines[lines.length - 1 - tail]))) {
    tail++;
  }
  const middle = ({ lines }: Text) => lines.slice(head, lines.length - tail);
  const [from, a, b] = [middle(base), middle(ours), middle(theirs)];
  if (from.length * Math.max(a.length, b.length) > most) return null;
  return {
    base: from,
    ours: a,
    theirs: b,
    head: base.lines.slice(0, head),
    tail: base.lines.slice(base.lines.length - tail),
  };
}

function agreed(lines: readonly string[]): Region {
  return { ours: lines, theirs: lines };
}

function isOne(lines: readonly (string | undefined)[]): boolean {
  return lines.every((line) => line === lines[0]);
}

function isConflict({ ours, theirs }: Region): boolean {
  return !isSame(ours, theirs);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** Whether a change of a text took away and added, in one place, all that another one did. */
function contains(change: IDiffIndicesResult<string>, part: IDiffIndicesResult<string>): boolean {
  const [start, length] = part.buffer1;
  const [from, count] = change.buffer1;
  if (start < from || start + length > from + count) return false;
  const [lines, wanted] = [change.buffer2Content, part.buffer2Content];
  // Lines in the place of removed ones may be these, changed.
  if (wanted.length === 0) return lines.length === 0;
  return lines.some((_, at) => isSame(lines.slice(at, at + wanted.length), wanted));
}
