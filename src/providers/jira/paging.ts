import { MAX_PAGES, tooManyPages } from "../rest.ts";

/** A page of a list whose entries are counted. */
export interface CountedPage<T> {
  readonly entries: readonly T[];
  readonly isLast: boolean;
}

/**
 * Returns all entries of a list, page by page. `pageAt` reads the page that begins behind so many entries. A page without
 * entries is the last one, whatever it says.
 *
 * @throws {ProviderError} `failing` for a list that has no end.
 */
export async function allPages<T>(
  what: string,
  pageAt: (startAt: number) => Promise<CountedPage<T>>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const { entries, isLast } = await pageAt(found.length);
    found.push(...entries);
    if (isLast || entries.length === 0) return found;
  }
  throw tooManyPages("Jira", what);
}
