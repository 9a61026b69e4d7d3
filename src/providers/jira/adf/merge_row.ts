import { align, type Gap, gapsOf, pairChanged } from "../markdown/align.ts";
import type { Building } from "./build.ts";
import type { AdfNode } from "./document.ts";
import type { Drafts } from "./drafts.ts";

/** What a merge works in. */
export interface Merging {
  readonly drafts: Drafts;
  readonly building: Building;
}

/** What has become of one block of the new row, and which old one it was. */
export interface Placed<Old> {
  readonly nodes: readonly AdfNode[];
  readonly from: Old | null;
}

/** How two rows are merged. */
export interface Rows<Old, New> {
  readonly old: readonly Old[];
  readonly fresh: readonly New[];
  readonly oldKey: (old: Old) => string;
  readonly newKey: (fresh: New) => string;
  readonly alike: (old: Old, fresh: New) => number;
  readonly keep: (old: Old) => readonly AdfNode[];
  readonly merge: (old: Old, fresh: New) => readonly AdfNode[];
  readonly build: (fresh: New) => readonly AdfNode[];
  /** Hears of what was replaced by something else. */
  readonly gone: (old: readonly Old[]) => void;
}

/** Merges two rows: what is the same is kept, what was changed is merged, what is new is built. */
export function mergeRow<Old, New>(rows: Rows<Old, New>): readonly Placed<Old>[] {
  const { old, fresh } = rows;
  const pairs = align(old.map(rows.oldKey), fresh.map(rows.newKey));
  const placed: Placed<Old>[] = fresh.map(() => ({ nodes: [], from: null }));
  for (const [a, b] of pairs) {
    const one = old[a];
    if (one !== undefined) placed[b] = { nodes: rows.keep(one), from: one };
  }
  for (const gap of gapsOf(pairs, { old: [0, old.length], new: [0, fresh.length] })) {
    mergeGap(rows, gap, placed);
  }
  return placed;
}

function mergeGap<Old, New>(rows: Rows<Old, New>, gap: Gap, placed: Placed<Old>[]): void {
  const [gone, come] = [rows.old.slice(...gap.old), rows.fresh.slice(...gap.new)];
  const pairs = pairChanged(gone, come, rows.alike);
  const merged = new Map(pairs.map(([a, b]) => [b, a]));
  for (const [at, block] of come.entries()) {
    const one = gone[merged.get(at) ?? -1];
    placed[gap.new[0] + at] = one === undefined
      ? { nodes: rows.build(block), from: null }
      : { nodes: rows.merge(one, block), from: one };
  }
  const rest = new Set(pairs.map(([a]) => a));
  if (pairs.length < come.length) rows.gone(gone.filter((_, at) => !rest.has(at)));
}
