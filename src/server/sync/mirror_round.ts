import { isoTime } from "../../platform/clock.ts";
import type { ChangedPage } from "../../providers/mod.ts";
import { lastChange } from "../store/issues.ts";
import { setLastChange } from "../store/connections.ts";
import type { Transaction } from "../store/store.ts";
import { endRound, setRound, type SyncedResource } from "../store/sync_state.ts";
import { type StoredPlace, storeRead } from "./read_issue.ts";
import { EndlessList, type ListBounds } from "./endless_list.ts";
import { CLOCKS_DIFFER_MS, type Shown, shownForms } from "./store_shown.ts";

/** What a round depends on. */
export interface RoundWork extends StoredPlace {
  readonly synced: SyncedResource;
  /** How much of a list is read; enough for any unless given. */
  readonly bounds?: ListBounds | undefined;
  /** Returns the time in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Issues that are stored at once: trackers give pages of 50 to 100, and each commit waits for the disk. As many may be in
 * hand while they are stored.
 */
const TOGETHER = 250;

/** Characters that are stored at once: of long texts few are in hand. */
const TOGETHER_CHARACTERS = 800_000;

/** Characters with which no others are in hand while they are stored. */
const ALONE_CHARACTERS = 2 * TOGETHER_CHARACTERS;

/** Milliseconds between two transactions after which a page waits for no others. */
const WAITS_MS = 1_000;

/**
 * Reads what has changed at a provider since the last round, page by page. The pages in hand are stored with the place at
 * which the round continues, so that a kill repeats {@link TOGETHER} issues or {@link WAITS_MS} at most. The next page is
 * asked for while one is worked at. Returns how many issues changed here.
 */
export async function mirrorRound(work: RoundWork): Promise<number> {
  const { synced, slice, access: { clock } } = work;
  const startedAt = synced.round?.startedAt ?? work.now();
  const hand = new Hand(work, startedAt);
  const list = new EndlessList(work.bounds);
  let asked: Promise<AskedPage> | null = ask(work, synced.round?.cursor ?? null);
  try {
    while (asked !== null) {
      const { page, mark }: AskedPage = await asked;
      asked = null;
      const { issues, removed, highWater } = page;
      list.note({ ids: issues.map(({ ref }) => ref.id), cursor: page.cursor });
      const cursor: string | null = list.mayEnd(highWater, startedAt) ? null : page.cursor;
      if (cursor !== null) {
        asked = ask(work, cursor);
        // A failure is met where it is waited for.
        asked.catch(() => {});
        await clock.sleep(0);
      }
      const shown = { issues: shownForms(issues), removed, mark, isListed: true };
      await hand.take({ shown, cursor, highWater });
    }
  } catch (error) {
    await Promise.allSettled([asked]);
    // What was read stays so, whatever became of the next page.
    await hand.end();
    throw error;
  }
  await hand.end();
  if (hand.changes > 0) {
    await slice(({ store, now }) => setLastChange(store, synced.connectionId, now()));
  }
  return hand.changes;
}

/** A page of a round. */
interface RoundPage {
  readonly shown: Shown;
  /** Where the round continues after it; `null` at its end. */
  readonly cursor: string | null;
  readonly highWater: string | null;
}

/** The pages that were read and are not stored yet. */
class Hand {
  readonly #work: RoundWork;
  readonly #startedAt: number;
  #pages: readonly RoundPage[] = [];
  /** When something was stored last, or the work began. */
  #storedAt: number;
  #changes = 0;
  /** The pages that are being stored, while others are read. */
  #storing: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(work: RoundWork, startedAt: number) {
    this.#work = work;
    this.#startedAt = startedAt;
    this.#storedAt = work.now();
  }

  /** How many issues what was stored has changed. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Takes a page. When it is time, those in hand are stored, as a rule while others are read: once those before are
   * stored, so that there are never more than two lots of them.
   *
   * @throws What kept pages from being stored.
   */
  async take(page: RoundPage): Promise<void> {
    this.#pages = [...this.#pages, page];
    if (this.#hasFailed) await this.#storing;
    const count = this.#pages.reduce((sum, { shown }) => sum + countOf(shown), 0);
    const characters = this.#pages.reduce((sum, { shown }) => sum + charactersOf(shown), 0);
    const isLate = this.#work.now() - this.#storedAt >= WAITS_MS;
    const isMuch = characters >= ALONE_CHARACTERS;
    if (!isLate && count < TOGETHER && characters < TOGETHER_CHARACTERS) return;
    await this.#storing;
    this.#storing = this.#store();
    // A failure is met where it is waited for.
    this.#storing.catch(() => this.#hasFailed = true);
    if (isLate || isMuch) await this.#storing;
  }

  /**
   * Stores what is left.
   *
   * @throws What kept it, or those before, from being stored.
   */
  async end(): Promise<void> {
    await this.#storing;
    await this.#store();
  }

  /** Stores the pages in hand; once only, however it ends. */
  async #store(): Promise<void> {
    const pages = this.#pages;
    const last = pages.at(-1);
    if (last === undefined) return;
    this.#pages = [];
    const { resourceId: id } = this.#work;
    const shown = pages.map(({ shown }) => shown);
    this.#changes += await storeRead(this.#work, shown, async ({ store }, changes) => {
      if (last.cursor !== null) {
        await setRound(store, id, { cursor: last.cursor, startedAt: this.#startedAt });
      } else await this.#end(store, last, this.#changes + changes);
    });
    this.#storedAt = this.#work.now();
  }

  async #end(store: Transaction, { highWater }: RoundPage, changes: number): Promise<void> {
    const { resourceId, synced } = this.#work;
    const startedAt = this.#startedAt;
    const quietRounds = changes === 0 ? synced.quietRounds + 1 : 0;
    const since = nextSince(highWater ?? synced.since, startedAt);
    await endRound(store, resourceId, { since, startedAt, quietRounds });
  }
}

function charactersOf({ issues }: Shown): number {
  return issues.reduce((sum, { json, search }) => sum + json.length + search.length, 0);
}

function countOf({ issues, removed }: Shown): number {
  return issues.length + removed.length;
}

/**
 * Returns since when the next round reads, by the newest time that was shown. One that is far ahead of our clock was
 * made by a wrong one: rounds that began there would see no change until then, and read the changes of a day instead.
 */
function nextSince(newest: string | null, startedAt: number): string | null {
  if (newest === null || Date.parse(newest) <= startedAt + CLOCKS_DIFFER_MS) return newest;
  return isoTime(startedAt - CLOCKS_DIFFER_MS);
}

/** A page, as it was asked for. */
interface AskedPage {
  readonly page: ChangedPage;
  /** The last change in the host before. */
  readonly mark: number;
}

async function ask(work: RoundWork, cursor: string | null): Promise<AskedPage> {
  const { store, remote, access, place, resourceId, synced: { since } } = work;
  const mark = await lastChange(store, resourceId);
  return { page: await remote.listChanged(access, place, { since, cursor }), mark };
}
