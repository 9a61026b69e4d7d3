import { type Clock, isoTime } from "../platform/clock.ts";
import { interrupted } from "../platform/tracker_error.ts";
import type { IssueType, NormalizedIssue, Status } from "../contract/issue.ts";
import type { PullFilters } from "../contract/requests.ts";
import type { IdentityPath, ItemError, PullResult, ResultStatus } from "../contract/results.ts";
import type { ResultSummary } from "../contract/results.ts";
import type { RoutingKey } from "../contract/routing.ts";
import { canonicalJson } from "../contract/snapshots.ts";
import type { HostedProvider } from "../contract/providers.ts";
import type { PageCounts } from "../store/issue_store.ts";
import type { HostedClient } from "./client.ts";
import { HostedApiError } from "./errors.ts";
import { PullPages } from "./pull_pages.ts";
import { PullTotals } from "./pull_totals.ts";
import { type Router, routingOf } from "./routing.ts";
import type { IssueCache } from "./sync_cache.ts";
import { type PulledGone, WholeListing } from "./whole_listing.ts";

/** What to pull. */
export interface PullChoice {
  /** At most this many issues; everything; or the rest: all that has changed since the last pull. 100 unless given. */
  readonly limit?: number | "all" | "rest" | undefined;
  /** Only issues changed since (ISO 8601 with an offset). */
  readonly since?: string | undefined;
  readonly status?: readonly Status[] | undefined;
  readonly issueType?: readonly IssueType[] | undefined;
  /** Keeps all items for the report, and so starts over instead of continuing where an interrupted pull stopped. */
  readonly collect?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after every page that has been stored. */
  readonly onPage?: ((progress: PullProgress) => void) | undefined;
}

/** A page has been stored. */
export interface PullProgress {
  readonly kind: "page";
  /** Pages so far. */
  readonly pages: number;
  /** Issues stored so far. */
  readonly stored: number;
  /** The most there can be; `null` when that is not known. */
  readonly total: number | null;
}

/** What a pull did. */
export interface PullReport extends PageCounts {
  readonly status: ResultStatus;
  readonly summary: ResultSummary;
  readonly pages: number;
  /** It went on where an interrupted pull had stopped. */
  readonly resumed: boolean;
  readonly itemErrors: readonly ItemError[];
  readonly identityPath: IdentityPath | null;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
  /** Issues that the host has no more. */
  readonly gone: PulledGone;
  /** One result over all pages, as the host tells it; its items are there only when they were asked for. */
  readonly result: PullResult;
}

/** What a pull needs. */
export interface PullDeps {
  readonly provider: HostedProvider;
  readonly client: Pick<HostedClient, "pull">;
  readonly router: Router;
  readonly cache: Pick<IssueCache, "open">;
  readonly clock: Pick<Clock, "now">;
}

/** Issues that a pull fetches unless told otherwise. */
const DEFAULT_LIMIT = 100;

/** Issues in one page when more than this are wanted. */
export const PAGE_SIZE = 1_000;

/** How far before its watermark the next pull starts, in milliseconds: hosts' clocks are not steady. */
export const OVERLAP_MS: number = 5 * 60_000;

/**
 * Pulls page by page into the cache: each page and the checkpoint past it are one transaction, so a kill loses
 * nothing that was stored, and the next pull of the same choice continues from there. A pull that asks for nothing
 * in particular continues where the last such one stopped, also at its limit; after the end it asks for what has
 * changed since: since the newest change seen, or since the listing began when that is earlier, for an issue may
 * have changed after its page went by. Hosted API, Tracker calls.
 *
 * @throws {StaleBindingError} and what the client and the store throw; pages stored before stay.
 */
export async function pullIssues(deps: PullDeps, choice: PullChoice): Promise<PullReport> {
  const wanted = typeof choice.limit === "string"
    ? Number.POSITIVE_INFINITY
    : choice.limit ?? DEFAULT_LIMIT;
  const given = filtersOf(choice);
  const isWatch = given === undefined && choice.limit !== "all" && choice.collect !== true;
  const filtersKey = isWatch
    ? WATCH_KEY
    : canonicalJson({ filters: given, limit: choice.limit ?? DEFAULT_LIMIT });
  // The pages of one listing have one key, whatever the binding becomes meanwhile.
  const routing = routingOf(deps.router.binding);
  let store = await deps.cache.open(deps.router.binding);
  try {
    const saved = store.checkpoint();
    const filters = isWatch ? changedSince(saved?.updatedSince ?? null) : given;
    let cursor = choice.collect !== true && saved?.filtersKey === filtersKey ? saved.cursor : null;
    const resumed = cursor !== null;
    const beganAt = (resumed ? saved?.beganAt : null) ?? deps.clock.now();
    const totals = new PullTotals();
    const pages = new PullPages(cursor);
    const listing = new WholeListing(deps.clock.now);
    const listsAll = given === undefined && choice.limit === "all";
    if (!listsAll) listing.forgetLost(store, saved);
    else if (resumed) listing.resume(store, saved);
    else listing.begin(store);
    let newest = (resumed ? saved?.newest : null) ?? null;
    while (true) {
      const limit = Math.min(PAGE_SIZE, wanted - totals.received);
      const request = { limit, cursor, filters, signal: choice.signal };
      const mayStartOver = resumed && totals.pages === 0;
      const { page, startedOver } = await fetchPage(deps, routing, request, mayStartOver);
      if (startedOver && listsAll) listing.begin(store);
      if (deps.router.hasUpgrade) {
        // The cache moves along with the binding, and only a closed one can.
        store.close();
        await deps.router.upgrade();
        store = await deps.cache.open(deps.router.binding);
      }
      newest = newestChange(page.items, newest);
      const continues = page.has_more && totals.received + page.items.length < wanted;
      const isWhole = !page.has_more && given === undefined;
      const counts = store.transaction(() => {
        listing.before(store, page);
        const stored = store.putPage(page.items, {
          cursor: continues || isWatch ? page.next_cursor : null,
          updatedSince: (isWhole ? watermark(newest, beganAt) : null) ??
            saved?.updatedSince ?? null,
          beganAt,
          newest,
          filtersKey,
          listing: listing.number,
        });
        listing.after(store, page);
        return stored;
      });
      totals.add(page, counts, choice.collect === true);
      choice.onPage?.({
        kind: "page",
        pages: totals.pages,
        stored: totals.received,
        total: Number.isFinite(wanted) ? wanted : null,
      });
      if (!continues && !pages.repeats(page)) return totals.report(page, resumed, listing.found());
      if (choice.signal?.aborted === true) throw interrupted(choice.signal.reason);
      const fault = pages.fault(page);
      if (fault !== null) {
        // To continue from here would lead into the same again, for ever.
        const updatedSince = saved?.updatedSince ?? null;
        store.saveCheckpoint({ cursor: null, updatedSince, filtersKey });
        throw fault;
      }
      cursor = page.next_cursor;
    }
  } finally {
    store.close();
  }
}

/** Stands for the filters of a pull that asks for nothing in particular. */
const WATCH_KEY = "watch";

function changedSince(updatedSince: string | null): PullFilters | undefined {
  if (updatedSince === null) return undefined;
  return { updated_since: isoTime(Date.parse(updatedSince) - OVERLAP_MS) };
}

type PageRequest = Parameters<HostedClient["pull"]>[2] & { readonly cursor: string | null };

interface FetchedPage {
  readonly page: PullResult;
  /** The host did not know the cursor any more: the listing is a fresh one. */
  readonly startedOver: boolean;
}

async function fetchPage(
  deps: PullDeps,
  routing: RoutingKey | null,
  request: PageRequest,
  mayStartOver: boolean,
): Promise<FetchedPage> {
  const fetch = (cursor: string | null) =>
    deps.router.callBy(
      routing,
      () => deps.client.pull(deps.provider, routing, { ...request, cursor }),
    );
  try {
    return { page: await fetch(request.cursor), startedOver: false };
  } catch (error) {
    const isRefused = error instanceof HostedApiError && [400, 410, 422].includes(error.statusCode);
    if (!mayStartOver || !isRefused) throw error;
    return { page: await fetch(null), startedOver: true };
  }
}

function filtersOf(choice: PullChoice): PullFilters | undefined {
  const { since, status = [], issueType = [] } = choice;
  if (since === undefined && status.length === 0 && issueType.length === 0) return undefined;
  return {
    ...(since === undefined ? {} : { updated_since: since }),
    ...(status.length === 0 ? {} : { status }),
    ...(issueType.length === 0 ? {} : { issue_type: issueType }),
  };
}

function newestChange(items: readonly NormalizedIssue[], before: string | null): string | null {
  let newest = before;
  for (const { updated_at } of items) {
    if (newest === null || Date.parse(updated_at) > Date.parse(newest)) newest = updated_at;
  }
  return newest;
}

/** Up to when a whole listing has everything; `null` when it was empty. */
function watermark(newest: string | null, beganAt: number): string | null {
  return newest === null || Date.parse(newest) <= beganAt ? newest : isoTime(beganAt);
}
