import { ProviderError } from "../../providers/mod.ts";

/** How often a list may show the same page: entries move while it is read. */
const MOST_REPEATS = 20;

/** Pages of a list at most: millions of issues. */
const MOST_PAGES = 100_000;

/** Pages of what was changed since a round began, after which the rest is left to the next round. */
const MOST_NEWER = 1_000;

/** Characters of a place in a list that are told. */
const TOLD = 80;

/** A page of a list, as far as it tells whether the list gets on. */
export interface NotedPage {
  readonly ids: readonly string[];
  /** Where the next page begins; `null` at the end. */
  readonly cursor: string | null;
}

/** How much of a list is read. */
export interface ListBounds {
  readonly mostPages?: number;
  readonly mostNewer?: number;
}

/** Looks for a list of a provider that has no end. */
export class EndlessList {
  readonly #bounds: Required<ListBounds>;
  /** The page and the cursor that later ones are compared with: that of every second, fourth, eighth page and so on. */
  #kept: { readonly page: string; readonly cursor: string | null } = { page: "", cursor: null };
  #keptAt = 1;
  #repeats = 0;
  #last = "";
  #inARow = 0;
  #pages = 0;
  #newest: string | null = null;
  #newer = 0;

  /** Begins with a list. */
  constructor({ mostPages = MOST_PAGES, mostNewer = MOST_NEWER }: ListBounds = {}) {
    this.#bounds = { mostPages, mostNewer };
  }

  /**
   * Takes note of a page.
   *
   * @throws {ProviderError} `rejected` when the list does not get on, or leads back: it is read from its beginning later.
   */
  note({ ids, cursor }: NotedPage): void {
    const page = ids.length === 0 ? "" : JSON.stringify(ids.toSorted());
    this.#pages += 1;
    this.#inARow = page !== "" && page === this.#last ? this.#inARow + 1 : 0;
    this.#last = page;
    if (page !== "" && page === this.#kept.page) this.#repeats += 1;
    if (Math.max(this.#inARow, this.#repeats) >= MOST_REPEATS) {
      throw endless("The provider shows the same page of its list again and again");
    }
    if (cursor === null) return;
    if (cursor === this.#kept.cursor) {
      const place = cursor.length <= TOLD ? cursor : `${cursor.slice(0, TOLD)}…`;
      throw endless(`The provider's list leads back to where it was read before: ${place}`);
    }
    if (this.#pages >= this.#bounds.mostPages) {
      throw endless(`The provider's list has not ended after ${this.#pages} pages`);
    }
    // A circle of any length is found within a few rounds of it, and one page is kept in mind.
    if (this.#pages < this.#keptAt) return;
    this.#kept = { page, cursor };
    this.#keptAt *= 2;
    this.#repeats = 0;
  }

  /**
   * Returns whether a round over what has changed, the oldest first, may end with a page: it has shown what was changed
   * since the round began, `startedAt`, for so long that the next round may show the rest.
   */
  mayEnd(highWater: string | null, startedAt: number): boolean {
    const before = this.#newest;
    this.#newest = highWater;
    if (before === null || highWater === null) return false;
    const at = Date.parse(highWater);
    // Of a list with the newest first, the first page says what is the newest.
    if (at > Date.parse(before) && at > startedAt) this.#newer += 1;
    return this.#newer >= this.#bounds.mostNewer;
  }
}

function endless(words: string): ProviderError {
  return new ProviderError({ kind: "rejected", code: "list_endless" }, words);
}
