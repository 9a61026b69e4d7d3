import { Kept } from "../context/kept.ts";
import type { ChangePage, ChangeQuery } from "../store/changes.ts";
import { countThrough } from "../store/issue_kinds.ts";
import type { HostStore, Stop } from "../store/store.ts";

/** Pages of issues that were read, each for as long as none of its issues changes. */
export type KeptPages = Kept<KeptPage>;

/** A page, and the state in which it was there. */
export interface KeptPage {
  readonly page: ChangePage;
  /** The last change of the resource, when it was looked at last. */
  last: number;
  /** What was found then; `null` where it was not looked at again. */
  found: FoundPage | null;
}

/** A page that was read before, and is as it was. */
export interface FoundPage {
  readonly page: ChangePage;
  /** The last change of the resource. */
  readonly last: number;
  /** The change of its last removal; 0 where there was none. */
  readonly lastRemoval: number;
  /** The state of the store at which it was looked at (`HostStore.version`). */
  readonly version: number | null;
}

/** Bytes that are kept at most. */
const MOST = 32 * 1024 * 1024;
/** A page of fewer bytes is read as quickly as it is looked up. */
const LEAST = 32 * 1024;

/** Returns a memory that is empty. */
export function keptPages(most: number = MOST): KeptPages {
  return new Kept({ most, weigh: ({ page }) => page.json.buffer.byteLength });
}

/**
 * Returns a page that was read before, if each of its issues is still there as it was; else `null`. While nothing was
 * written since it was looked at, that is so. An issue that changes gets a new place, after all others, and never an old
 * one: when as many issues of the page's kinds as before are between two changes, they are the same. Where the last
 * change is lower than before, older data was put in place.
 *
 * @param version What the store has said of its state when the call began; `null` when it did not.
 */
export async function keptPage(
  store: HostStore,
  kept: KeptPages,
  query: ChangeQuery,
  version: number | null = null,
): Promise<FoundPage | null> {
  const known = query.deliveredOnly ? undefined : kept.find(keyOf(query));
  if (known === undefined) return null;
  const { page, found } = known;
  if (version !== null && found?.version === version) return found;
  const { count, hasMore, last, lastRemoval } = await countThrough(store, query, page.through);
  // What follows a page that was not full belongs to it.
  const isWhole = count === page.count && (page.hasMore || !hasMore);
  if (!isWhole || known.last > last) return null;
  known.last = last;
  known.found = { page: { ...page, hasMore }, last, lastRemoval, version };
  return known.found;
}

/** What nobody notifies of: who listens is woken after a connection was lost. */
const LOST = "pages-lost";

/**
 * Forgets all pages each time that the connection which tells the state was lost and is there again: another server may
 * have taken the place of one, and lack its last commits. Numbers of changes come again then, for other issues.
 */
export async function forgetOnceLost(store: HostStore, kept: KeptPages): Promise<Stop> {
  return await store.listen(LOST, () => kept.forget());
}

/** Keeps a page that was read, if it is worth it. `last` is the last change of the resource before that. */
export function keepPage(
  kept: KeptPages,
  query: ChangeQuery,
  page: ChangePage,
  last: number,
): void {
  if (query.deliveredOnly || page.json.length < LEAST) return;
  kept.offer(keyOf(query), { page, last, found: null });
}

function keyOf(query: ChangeQuery): string {
  const { resourceId, after, limit, updatedSince, statuses, issueTypes } = query;
  return JSON.stringify([resourceId, after, limit, updatedSince, statuses, issueTypes]);
}
