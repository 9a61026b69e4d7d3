import { likeness } from "../markdown/align.ts";
import {
  type Block,
  keyOf,
  type List,
  type Piece,
  type Task,
  type Tasks,
} from "../markdown/draft.ts";
import {
  buildBlock,
  buildBlocks,
  codeBlock,
  filled,
  itemContent,
  listItem,
  panelType,
  taskItem,
} from "./build.ts";
import { type AdfNode, attrsOf, contentOf, marksOf } from "./document.ts";
import type { Drafted } from "./drafts.ts";
import { mergeInline } from "./merge_inline.ts";
import { mergeRow, type Merging, type Placed } from "./merge_row.ts";
import { mergeTable } from "./merge_table.ts";
import { hiddenIn } from "./words.ts";

/**
 * Returns the blocks of a node after an edit. `old` are those it had, `fresh` what the Markdown says. What says the
 * same is the very node that it was, with what Markdown does not show; what was changed keeps what it can.
 */
export function mergeBlocks(
  old: readonly Drafted[],
  fresh: readonly Block[],
  parent: string,
  merging: Merging,
): readonly AdfNode[] {
  const seen = old.filter((one) => !one.isSilent);
  const nodes = mergeRow({
    old: seen,
    fresh,
    oldKey: ({ draft }) => keyOf(draft),
    newKey: keyOf,
    alike,
    keep: ({ node }) => [node],
    merge: (one, block) => mergeBlock(one, block, parent, merging),
    build: (block) => buildBlock(block, parent, merging.building),
    gone: (gone) => {
      for (const { node } of gone) for (const one of hiddenIn(node)) merging.building.lost.add(one);
    },
  });
  return withSilent(old, nodes);
}

/** Puts empty paragraphs back where they were: behind what they followed, as long as that is there. */
function withSilent(
  old: readonly Drafted[],
  placed: readonly Placed<Drafted>[],
): readonly AdfNode[] {
  const after = new Map<Drafted | null, AdfNode[]>();
  let last: Drafted | null = null;
  for (const one of old) {
    if (!one.isSilent) last = one;
    else after.set(last, [...after.get(last) ?? [], one.node]);
  }
  return [
    ...after.get(null) ?? [],
    ...placed.flatMap(({ nodes, from }) => [
      ...nodes,
      ...(from === null ? [] : after.get(from) ?? []),
    ]),
  ];
}

/** How much a block is another one that was changed. */
function alike({ node, draft }: Drafted, fresh: Block): number {
  const sort = sortOf(draft);
  if (sort === null || sort !== sortOf(fresh)) return 0;
  const isLine = node.type === "paragraph" || node.type === "heading";
  if (sort === "line" && !isLine) return 0;
  return likeness(keyOf(draft), keyOf(fresh));
}

/** What can be changed into each other; `null` for what stands for itself alone. */
function sortOf(block: Block): string | null {
  if (block.kind === "panel") return block.name === "EXPAND" ? "expand" : "panel";
  if (block.kind !== "paragraph") return block.kind === "heading" ? "line" : block.kind;
  const alone = block.inline.length === 1 ? block.inline[0] : undefined;
  return alone?.kind === "picture" ? "picture" : "line";
}

function mergeBlock(
  { node, draft }: Drafted,
  block: Block,
  parent: string,
  merging: Merging,
): readonly AdfNode[] {
  const { building, drafts } = merging;
  switch (block.kind) {
    case "paragraph":
      return mergeParagraph(node, block, parent, merging);
    case "heading": {
      if (parent === "blockquote" || parent === "listItem") {
        return buildBlock(block, parent, building);
      }
      const content = mergeInline(drafts.line(node), block.inline, building);
      if (node.type === "heading") {
        const level = draft.kind === "heading" && draft.level === block.level ? {} : block;
        return [{ ...withAttrs(node, "level" in level ? { level: level.level } : {}), content }];
      }
      const marks = marksOf(node).filter(({ type }) => type !== "fontSize");
      const found = { type: "heading", attrs: { level: block.level }, content };
      return [marks.length === 0 ? found : { ...found, marks }];
    }
    case "code": {
      const same = draft.kind === "code" && draft.language === block.language;
      const { content = [] } = codeBlock(null, block.text);
      if (same) return [{ ...node, content }];
      const { language: _, ...attrs } = attrsOf(node);
      const language = block.language === null ? {} : { language: block.language };
      return [{ ...node, attrs: { ...attrs, ...language }, content }];
    }
    case "quote":
      return [{ ...node, content: filled(within(node, block.blocks, merging)) }];
    case "panel": {
      const same = draft.kind === "panel" && draft.name === block.name &&
        draft.title === block.title;
      const changed = block.name === "EXPAND"
        ? { title: block.title }
        : { panelType: panelType(block.name) };
      const found = same ? node : withAttrs(node, changed);
      return [{ ...found, content: filled(within(node, block.blocks, merging)) }];
    }
    case "list":
      return draft.kind === "list" ? [mergeList(node, draft, block, merging)] : [];
    case "tasks":
      return draft.kind === "tasks" ? [mergeTasks(node, draft, block, merging)] : [];
    case "table":
      return draft.kind === "table" ? mergeTable({ node, draft, block, parent, merging }) : [];
    case "rule":
      return [node];
  }
}

function within(node: AdfNode, blocks: readonly Block[], merging: Merging): readonly AdfNode[] {
  return mergeBlocks(merging.drafts.within(node), blocks, node.type, merging);
}

/** Returns a node with other attributes beside those it has. */
function withAttrs(node: AdfNode, changed: Record<string, unknown>): AdfNode {
  return { ...node, attrs: { ...attrsOf(node), ...changed } };
}

function mergeParagraph(
  node: AdfNode,
  block: Block & { kind: "paragraph" },
  parent: string,
  merging: Merging,
): readonly AdfNode[] {
  const [alone, ...others] = block.inline;
  if (node.type === "mediaSingle" && alone?.kind === "picture") return [mergePicture(node, alone)];
  const isBlock = others.length === 0 && alone !== undefined && standsForBlock(alone, merging);
  if (isBlock) return buildBlock(block, parent, merging.building);
  const content = mergeInline(merging.drafts.line(node), block.inline, merging.building);
  if (node.type === "paragraph") return [{ ...node, content }];
  const marks = marksOf(node);
  const found = { type: "paragraph", content };
  return [marks.length === 0 ? found : { ...found, marks }];
}

function standsForBlock(piece: Piece, { building: { pool } }: Merging): boolean {
  if (piece.kind === "picture") return true;
  if (piece.kind === "address") return pool.address(piece.url, true) !== null;
  return piece.kind === "atom" && pool.atom(piece)?.isBlock === true;
}

function mergePicture(node: AdfNode, { url, alt }: Piece & { kind: "picture" }): AdfNode {
  const content = contentOf(node).map((media) => {
    const { alt: _, ...attrs } = attrsOf(media);
    return { ...media, attrs: { ...attrs, url, ...(alt === "" ? {} : { alt }) } };
  });
  return { ...node, content };
}

function mergeList(node: AdfNode, draft: List, block: List, merging: Merging): AdfNode {
  const old = contentOf(node).map((item, place) => ({ item, blocks: draft.items[place] ?? [] }));
  const placed = mergeRow({
    old,
    fresh: block.items,
    oldKey: ({ blocks }) => keyOf(blocks),
    newKey: keyOf,
    alike: ({ blocks }, fresh) => likeness(keyOf(blocks), keyOf(fresh)),
    keep: ({ item }) => [item],
    merge: ({ item }, blocks) => {
      const content = mergeBlocks(merging.drafts.within(item), blocks, "listItem", merging);
      return [{ ...item, content: itemContent(content) }];
    },
    build: (blocks) => [listItem(buildBlocks(blocks, "listItem", merging.building))],
    gone: (items) => {
      for (const { item } of items) {
        for (const one of hiddenIn(item)) merging.building.lost.add(one);
      }
    },
  });
  const content = placed.flatMap(({ nodes }) => nodes);
  if (block.start === draft.start) return { ...node, content };
  const { order: _, ...attrs } = attrsOf(node);
  if (block.start === null) return { ...node, type: "bulletList", attrs, content };
  return { ...node, type: "orderedList", attrs: { ...attrs, order: block.start }, content };
}

function mergeTasks(node: AdfNode, draft: Tasks, block: Tasks, merging: Merging): AdfNode {
  const { building, drafts } = merging;
  const old = contentOf(node).flatMap((entry, place) => {
    const shown: Task | Tasks | undefined = draft.entries[place];
    return shown === undefined ? [] : [{ entry, shown }];
  });
  const build = (fresh: Task | Tasks) =>
    fresh.kind === "task" ? [taskItem(fresh, building)] : buildBlocks([fresh], "doc", building);
  const placed = mergeRow({
    old,
    fresh: block.entries,
    oldKey: ({ shown }) => keyOf(shown),
    newKey: keyOf,
    alike: ({ shown }, fresh) =>
      shown.kind === fresh.kind ? likeness(keyOf(shown), keyOf(fresh)) : 0,
    keep: ({ entry }) => [entry],
    merge: ({ entry, shown }, fresh) => {
      if (shown.kind === "tasks" && fresh.kind === "tasks") {
        return [mergeTasks(entry, shown, fresh, merging)];
      }
      if (fresh.kind !== "task") return build(fresh);
      const content = mergeInline(drafts.line(entry), fresh.inline, building);
      const same = shown.kind === "task" && shown.isDone === fresh.isDone;
      const state = same ? {} : { state: fresh.isDone ? "DONE" : "TODO" };
      return [{ ...withAttrs(entry, state), content }];
    },
    build,
    gone: (gone) => {
      for (const { entry } of gone) for (const one of hiddenIn(entry)) building.lost.add(one);
    },
  });
  return { ...node, content: placed.flatMap(({ nodes }) => nodes) };
}
