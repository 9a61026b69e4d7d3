import type { Piece, Words } from "../markdown/draft.ts";
import { align, type Gap, gapsOf } from "../markdown/align.ts";
import { type Building, inlineNode } from "./build.ts";
import type { AdfMark, AdfNode } from "./document.ts";
import { marksOf } from "./document.ts";
import type { Shown } from "./inline.ts";
import {
  hiddenMarks,
  isBlank,
  joined,
  newTokens,
  oldTokens,
  shownMarks,
  textNode,
  together,
  type Token,
  wordsOfMark,
} from "./words.ts";

/**
 * Returns the nodes of a line that was edited: what was not edited is what it was, with the marks that Markdown does
 * not show. What was written into a stretch of such marks takes them over.
 */
export function mergeInline(
  line: readonly Shown[],
  inline: readonly Piece[],
  building: Building,
): readonly AdfNode[] {
  const old = oldTokens(line);
  const fresh = newTokens(inline, building.pool);
  const pairs = align(old.map(({ key }) => key), fresh.map(({ key }) => key));
  const nodes: (readonly AdfNode[])[] = fresh.map(() => []);
  for (const [a, b] of pairs) {
    const [was, is] = [old[a], fresh[b]];
    if (was !== undefined && is !== undefined) nodes[b] = [keptNode(was, is)];
  }
  for (const gap of gapsOf(pairs, { old: [0, old.length], new: [0, fresh.length] })) {
    const hidden = inherited(old, gap, building);
    for (let at = gap.new[0]; at < gap.new[1]; at++) {
      const token = fresh[at];
      if (token !== undefined) nodes[at] = writtenNodes(token, hidden, building);
    }
  }
  return joined(nodes.flat());
}

/** What was not edited. Blanks may have had another look. */
function keptNode(was: Token, is: Token): AdfNode {
  const node = was.node ?? { type: "hardBreak" };
  if (node.type !== "text" || was.piece.kind !== "words") return node;
  if (is.piece.kind !== "words" || !isBlank(was.piece) || was.piece.emphases.includes("code")) {
    return textNode(was.piece.text, marksOf(node));
  }
  return textNode(was.piece.text, together(shownMarks(is.piece), hiddenMarks(was)));
}

function writtenNodes(
  token: Token,
  hidden: readonly AdfMark[],
  building: Building,
): readonly AdfNode[] {
  if (token.node !== null) return [token.node];
  if (token.piece.kind !== "words") return inlineNode(token.piece, building);
  return marked(token.piece, hidden);
}

function marked(piece: Words, hidden: readonly AdfMark[]): readonly AdfNode[] {
  return piece.text === "" ? [] : [textNode(piece.text, together(shownMarks(piece), hidden))];
}

/** The hidden marks of a stretch: those that all that was taken away had, else those on both sides. */
function inherited(old: readonly Token[], gap: Gap, building: Building): readonly AdfMark[] {
  const gone = old.slice(...gap.old).filter(({ piece }) =>
    piece.kind === "words" && !isBlank(piece)
  );
  const around = [old[gap.old[0] - 1], old[gap.old[1]]].filter((one) => one !== undefined);
  const kept = gone.length > 0 ? shared(gone) : around.length === 2 ? shared(around) : [];
  if (gap.new[0] === gap.new[1]) return kept;
  for (const token of gone) {
    for (const mark of hiddenMarks(token)) {
      if (kept.some((one) => keyOfMark(one) === keyOfMark(mark))) continue;
      const words = token.piece.kind === "words" ? token.piece.text : "";
      building.lost.add(`${wordsOfMark(mark)} of “${words.slice(0, 60)}”`);
    }
  }
  return kept;
}

function shared(tokens: readonly Token[]): readonly AdfMark[] {
  const [first, ...others] = tokens;
  if (first === undefined) return [];
  const rest = others.map((token) => new Set(hiddenMarks(token).map(keyOfMark)));
  return hiddenMarks(first).filter((mark) => rest.every((keys) => keys.has(keyOfMark(mark))));
}

function keyOfMark(mark: AdfMark): string {
  return JSON.stringify(mark);
}
