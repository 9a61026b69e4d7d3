import type { PullResult } from "../contract/results.ts";
import type { TrackerError } from "../platform/tracker_error.ts";
import { invalidResponse } from "./answers.ts";

/** More pages than this are no listing. */
export const MAX_PAGES = 10_000;

/** Follows the pages of a listing and tells one that would never end. Hosted API, Tracker calls. */
export class PullPages {
  readonly #seen = new Set<string>();
  #pages = 0;
  #emptyInARow = 0;

  /** A listing that is continued at a cursor; `null` for one from its start. */
  constructor(cursor: string | null) {
    if (cursor !== null) this.#seen.add(cursor);
  }

  /** Whether a page leads back to where the listing has been. */
  repeats({ has_more, next_cursor }: PullResult): boolean {
    return has_more && next_cursor !== null && this.#seen.has(next_cursor);
  }

  /** What is wrong with continuing after a page that says that there is more; `null` when nothing is. */
  fault(page: PullResult): TrackerError | null {
    this.#pages++;
    this.#emptyInARow = page.items.length === 0 ? this.#emptyInARow + 1 : 0;
    const cursor = page.next_cursor;
    if (cursor === null) return endless("There is more, but no `next_cursor` to it");
    if (this.#seen.has(cursor)) return endless("The same `next_cursor` came twice");
    if (this.#emptyInARow > 1) {
      return endless(
        "Two pages in a row are empty, and each says in `next_cursor` that there is more",
      );
    }
    if (this.#pages >= MAX_PAGES) {
      return endless(`There is a \`next_cursor\` still after ${MAX_PAGES} pages`);
    }
    this.#seen.add(cursor);
    return null;
  }
}

function endless(fault: string): TrackerError {
  return invalidResponse("pull", fault, "next_cursor");
}
