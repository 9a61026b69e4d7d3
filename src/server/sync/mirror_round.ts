import { isoTime } from "../../platform/clock.ts";
import type { ChangedPage } from "../../providers/mod.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { lastChange } from "../store/issues.ts";
import { setLastChange } from "../store/connections.ts";
import { endRound, setRound, type SyncedResource } from "../store/sync_state.ts";
import { type ReachedPlace, withoutGone } from "./read_issue.ts";
import { EndlessList, type ListBounds } from "./endless_list.ts";
import { CLOCKS_DIFFER_MS, type Shown, storeShown } from "./store_shown.ts";

/** A page of a round, as it was asked for and is to be stored. */
export interface RoundPage {
  readonly page: ChangedPage;
  readonly shown: Shown;
}

/** What a round depends on. */
export interface RoundWork extends ReachedPlace {
  readonly synced: SyncedResource;
  /** How much of a list is read; enough for any unless given. */
  readonly bounds?: ListBounds | undefined;
  /** Returns the time in milliseconds since 1970. */
  readonly now: () => number;
  /** Stores something in a transaction of the round. */
  readonly slice: <T>(work: (context: TransactionContext) => Promise<T>) => Promise<T>;
}

/**
 * Reads what has changed at a provider since the last round, page by page. Each page is stored with the place at which
 * the round continues, so that a kill repeats one page. The next page is asked for while one is stored. Returns how many
 * issues changed here.
 */
export async function mirrorRound(work: RoundWork): Promise<number> {
  const { synced, slice } = work;
  const startedAt = synced.round?.startedAt ?? work.now();
  let total = 0;
  const list = new EndlessList(work.bounds);
  let asked: RoundPage | null = await ask(work, synced.round?.cursor ?? null);
  while (asked !== null) {
    const { issues, highWater }: ChangedPage = asked.page;
    list.note({ ids: issues.map(({ ref }) => ref.id), cursor: asked.page.cursor });
    const cursor: string | null = list.mayEnd(highWater, startedAt) ? null : asked.page.cursor;
    const page: RoundPage = { ...asked, page: { ...asked.page, cursor } };
    const [stored, next]: Outcomes = await Promise.allSettled([
      store(work, page, { startedAt, before: total }),
      cursor === null ? null : ask(work, cursor),
    ]);
    // A page that was stored stays so, whatever became of the next one.
    if (stored.status === "rejected") throw stored.reason;
    if (next.status === "rejected") throw next.reason;
    total += stored.value;
    asked = next.value;
  }
  if (total > 0) {
    await slice(({ store, now }) => setLastChange(store, synced.connectionId, now()));
  }
  return total;
}

type Outcomes = [PromiseSettledResult<number>, PromiseSettledResult<RoundPage | null>];

/** Stores a page; returns how many issues changed here. `before` is how many the pages before it have changed. */
async function store(
  work: RoundWork,
  { page: { cursor, highWater }, shown }: RoundPage,
  { startedAt, before }: { readonly startedAt: number; readonly before: number },
): Promise<number> {
  const { resourceId: id, synced } = work;
  const checked = await withoutGone(work, shown);
  return await work.slice(async (context) => {
    const { store } = context;
    const changes = await storeShown(context, id, checked);
    if (cursor !== null) await setRound(store, id, { cursor, startedAt });
    else {
      const quietRounds = before + changes === 0 ? synced.quietRounds + 1 : 0;
      const since = nextSince(highWater ?? synced.since, startedAt);
      await endRound(store, id, { since, startedAt, quietRounds });
    }
    return changes;
  });
}

/**
 * Returns since when the next round reads, by the newest time that was shown. One that is far ahead of our clock was
 * made by a wrong one: rounds that began there would see no change until then, and read the changes of a day instead.
 */
function nextSince(newest: string | null, startedAt: number): string | null {
  if (newest === null || Date.parse(newest) <= startedAt + CLOCKS_DIFFER_MS) return newest;
  return isoTime(startedAt - CLOCKS_DIFFER_MS);
}

async function ask(work: RoundWork, cursor: string | null): Promise<RoundPage> {
  const { store, remote, access, place, resourceId, synced: { since } } = work;
  const mark = await lastChange(store, resourceId);
  const page = await remote.listChanged(access, place, { since, cursor });
  return { page, shown: { issues: page.issues, removed: page.removed, mark } };
}
