/** More pages than this are no listing. */
export const MAX_PAGES = 10_000;

/** How far a listing has been read that a host gives in pages. */
export interface PagesRead {
  /** The `next_cursor` of the last page. */
  readonly cursor: string | null;
  /** The cursors of the pages before it. */
  readonly seen: readonly string[];
  /** Pages without a member, one after the other, the last one among them. */
  readonly emptyInARow: number;
  readonly pages: number;
}

/** Returns why a listing that has more cannot be followed to its next page; `null` when it can. */
export function pagingFault({ cursor, seen, emptyInARow, pages }: PagesRead): string | null {
  if (cursor === null) return "There is more, but no `next_cursor` to it";
  if (seen.includes(cursor)) {
    return "The same `next_cursor` came twice";
  }
  if (emptyInARow > 1) {
    return "Two pages in a row are empty, and each says in `next_cursor` that there is more";
  }
  return pages >= MAX_PAGES ? `There is a \`next_cursor\` still after ${MAX_PAGES} pages` : null;
}
