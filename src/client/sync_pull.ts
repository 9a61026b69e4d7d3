import { interrupted } from "../platform/tracker_error.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { SyncEvent } from "../sync/sync_report.ts";
import { invalidResponse } from "./answers.ts";
import { type AskedPage, type PageDeps, PageRequests } from "./page_requests.ts";
import {
  afterPage,
  afterRefusal,
  beginPull,
  nextRequest,
  type PullGoal,
  type PullState,
} from "./pull_plan.ts";
import { type PullReport, PullTotals } from "./pull_totals.ts";
import { waitingCounts } from "../sync/counts_report.ts";
import { mergeRules, type Merging, MetConflicts } from "./merging.ts";
import { routingOf } from "./routing.ts";
import type { IssueCache } from "./sync_cache.ts";
import type { LogIn } from "./sync_log.ts";
import { beginListing, openListing, storePage } from "./whole_listing.ts";

export type { PullReport };

/** What to pull, and who is told of it. */
export interface PullChoice extends PullGoal {
  /** Stops the pull: `interrupted` is thrown, and the pages stored before stay. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every page that has been stored. */
  readonly onPage?: ((progress: PullProgress) => void) | undefined;
  /** Told of each conflict with an edit that waits here. */
  readonly onEvent?: ((event: SyncEvent) => void) | undefined;
}

/** A page has been stored. */
export interface PullProgress {
  /** The kind of step. */
  readonly kind: "page";
  /** Pages so far. */
  readonly pages: number;
  /** Issues stored so far. */
  readonly stored: number;
  /** The most there can be; `null` when that is not known. */
  readonly total: number | null;
}

/** What a pull needs. */
export interface PullDeps extends PageDeps {
  readonly cache: Pick<IssueCache, "open" | "isMissing">;
  readonly merging: Merging;
  /** Logs the pull in the cache that is open. */
  readonly log?: LogIn<PullReport> | undefined;
}

/**
 * Pulls page by page into the cache, as the plan says, and merges it with the edits that wait here: each page and the checkpoint past it are one transaction, so a
 * kill loses nothing that was stored, and the next pull of the same choice continues from there. A pull that asks for
 * nothing in particular continues where the last such one stopped, also at its limit; after the end it asks for what
 * has changed since: since the newest change seen, or since the listing began when that is earlier, for an issue may
 * have changed after its page went by (wire.md, Tracker calls).
 *
 * @throws {StaleBindingError} and what the client and the store throw; pages stored before stay.
 */
export async function pullIssues(deps: PullDeps, choice: PullChoice): Promise<PullReport> {
  const { router } = deps;
  const now = () => deps.clock.now();
  const requests = new PageRequests(deps, routingOf(router.binding), choice.signal);
  const first = await askFirst(deps, requests, choice);
  let store = await openOrGiveUp(deps, requests);
  try {
    const saved = store.checkpoint();
    const isFirst = first !== null && saved === null;
    let state = isFirst ? first.state : beginPull(choice, saved, now());
    let listing = openListing(store, state, saved, now());
    const totals = new PullTotals(choice.collect === true);
    let asked = isFirst ? first.asked : requests.ask(nextRequest(state));
    while (true) {
      const { readAt } = asked;
      const answer = await asked.answer;
      if (answer.kind === "refused") {
        const restarted = afterRefusal(state);
        if (restarted === null) throw answer.error;
        state = restarted;
        if (state.listsAll) listing = beginListing(store, now());
        asked = requests.ask(nextRequest(state));
        continue;
      }
      store = await followBinding(deps, store);
      const { page } = answer;
      const step = afterPage(state, page);
      const met = new MetConflicts();
      const events: SyncEvent[] = [];
      const rules = mergeRules(store, deps.merging, readAt, (event) => {
        met.count(event);
        events.push(event);
      });
      const { checkpoint, next } = step;
      // The host makes the next page while this one is stored.
      if (next.kind === "fetch" && choice.signal?.aborted !== true) {
        asked = await requests.askAhead(nextRequest(step.state));
      }
      const stored = storePage(store, { page, listing, checkpoint, now: now(), rules });
      ({ state } = step);
      ({ listing } = stored);
      totals.add(page, stored, met);
      // Told once they are stored.
      for (const event of events) choice.onEvent?.(event);
      choice.onPage?.({
        kind: "page",
        pages: state.pages,
        stored: state.received,
        total: Number.isFinite(state.wanted) ? state.wanted : null,
      });
      if (next.kind === "stop") {
        const report = totals.report(page, state, waitingCounts(store));
        deps.log?.(store, report);
        return report;
      }
      if (choice.signal?.aborted === true) throw interrupted(choice.signal.reason);
      if (next.kind === "fail") {
        store.saveCheckpoint(next.checkpoint);
        throw invalidResponse("pull", next.fault, "next_cursor");
      }
    }
  } finally {
    await requests.end();
    store.close();
  }
}

/** A first page that was asked for, and where the pull stands before it. */
interface FirstPage {
  readonly state: PullState;
  readonly asked: AskedPage;
}

/** Without a cache it is known where a pull begins: the cache is made while the host makes the page. */
async function askFirst(
  { router, cache, clock }: PullDeps,
  requests: PageRequests,
  choice: PullChoice,
): Promise<FirstPage | null> {
  if (!await cache.isMissing(router.binding)) return null;
  const state = beginPull(choice, null, clock.now());
  return { state, asked: await requests.askAhead(nextRequest(state)) };
}

async function openOrGiveUp(
  { router, cache }: PullDeps,
  requests: PageRequests,
): Promise<IssueStore> {
  try {
    return await cache.open(router.binding);
  } catch (error) {
    await requests.end();
    throw error;
  }
}

/** Returns the store of the binding as it is now. The cache moves along with the binding, and only a closed one can. */
async function followBinding({ router, cache }: PullDeps, store: IssueStore): Promise<IssueStore> {
  if (!router.hasUpgrade) return store;
  store.close();
  await router.upgrade();
  return await cache.open(router.binding);
}
