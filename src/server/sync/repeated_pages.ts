import { ProviderError } from "../../providers/mod.ts";

/** How often in a row a list may show the same page: entries move while it is read. */
const MOST = 20;

/** Looks for a list of a provider that shows the same page for ever. */
export class RepeatedPages {
  #last = "";
  #times = 0;

  /**
   * Takes note of the issues of a page.
   *
   * @throws {ProviderError} `rejected` when the list does not get on: it is read from its beginning later.
   */
  note(ids: readonly string[]): void {
    const page = JSON.stringify(ids.toSorted());
    this.#times = ids.length > 0 && page === this.#last ? this.#times + 1 : 0;
    this.#last = page;
    if (this.#times < MOST) return;
    const words = "The provider shows the same page of its list again and again";
    throw new ProviderError({ kind: "rejected", code: "list_endless" }, words);
  }
}
