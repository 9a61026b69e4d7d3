import { type Clock, isoTime } from "../platform/clock.ts";
import { interrupted } from "../platform/tracker_error.ts";
import type { IssueType, NormalizedIssue, Status } from "../contract/issue.ts";
import type { PullFilters } from "../contract/requests.ts";
import type { IdentityPath, ItemError, PullResult, ResultStatus } from "../contract/results.ts";
import type { ResultSummary } from "../contract/results.ts";
import { canonicalJson } from "../contract/snapshots.ts";
import type { HostedProvider } from "../contract/providers.ts";
import type { PageCounts } from "../store/issue_store.ts";
import { invalidResponse } from "./answers.ts";
import type { HostedClient } from "./client.ts";
import { HostedApiError } from "./errors.ts";
import type { Router } from "./routing.ts";
import type { IssueCache } from "./sync_cache.ts";
import { addSummaries, worstStatus } from "./sync_totals.ts";

/** What to pull. */
export interface PullChoice {
  /** At most this many issues, or everything; 100 unless given. */
  readonly limit?: number | "all" | undefined;
  /** Only issues changed since (ISO 8601 with an offset). */
  readonly since?: string | undefined;
  readonly status?: readonly Status[] | undefined;
  readonly issueType?: readonly IssueType[] | undefined;
  /** Keeps all items for the report, and so starts anew instead of going on where an interrupted pull stopped. */
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
  readonly identityPath: IdentityPath;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
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

/** Issues in one page when more than this are wanted. */
export const PAGE_SIZE = 1_000;

/** How far before its watermark the next pull starts, in milliseconds: hosts' clocks are not steady. */
export const OVERLAP_MS: number = 5 * 60_000;

/**
 * Pulls page by page into the cache: each page and the checkpoint past it are one transaction, so a kill loses
 * nothing that was stored, and the next pull of the same choice goes on from there. A pull that asks for nothing
 * in particular goes on where the last such one stopped, also at its limit; after the end it asks for what has
 * changed since: since the newest change seen, or since the listing began when that is earlier, for an issue may
 * have changed after its page went by. Hosted API, Tracker calls.
 *
 * @throws {StaleBindingError} and what the client and the store throw; pages stored before stay.
 */
export async function pullIssues(deps: PullDeps, choice: PullChoice): Promise<PullReport> {
  const wanted = choice.limit === "all" ? Number.POSITIVE_INFINITY : choice.limit ?? 100;
  const given = filtersOf(choice);
  const isWatch = given === undefined && choice.limit !== "all" && choice.collect !== true;
  const filtersKey = isWatch
    ? WATCH_KEY
    : canonicalJson({ filters: given, limit: choice.limit ?? 100 });
  let store = await deps.cache.open(deps.router.binding);
  try {
    const saved = store.checkpoint();
    const filters = isWatch ? changedSince(saved?.updatedSince ?? null) : given;
    let cursor = choice.collect !== true && saved?.filtersKey === filtersKey ? saved.cursor : null;
    const resumed = cursor !== null;
    const beganAt = (resumed ? saved?.beganAt : null) ?? deps.clock.now();
    const totals = new PullTotals();
    const seen = new Set(cursor === null ? [] : [cursor]);
    let newest = (resumed ? saved?.newest : null) ?? null;
    while (true) {
      const page = await fetchPage(deps, {
        limit: Math.min(PAGE_SIZE, wanted - totals.received),
        cursor,
        filters,
        signal: choice.signal,
      }, resumed && totals.pages === 0);
      if (deps.router.hasUpgrade) {
        // The cache moves along with the binding, and only a closed one can.
        store.close();
        await deps.router.upgrade();
        store = await deps.cache.open(deps.router.binding);
      }
      newest = newestChange(page.items, newest);
      const received = totals.received + page.items.length;
      const goesOn = page.has_more && received < wanted;
      const isWhole = !page.has_more && given === undefined;
      totals.add(
        page,
        store.putPage(page.items, {
          cursor: goesOn || isWatch ? page.next_cursor : null,
          updatedSince: (isWhole ? watermark(newest, beganAt) : null) ??
            saved?.updatedSince ?? null,
          beganAt,
          newest,
          filtersKey,
        }),
        choice.collect === true,
      );
      choice.onPage?.({
        kind: "page",
        pages: totals.pages,
        stored: totals.received,
        total: Number.isFinite(wanted) ? wanted : null,
      });
      if (!goesOn) return totals.report(page, resumed);
      if (choice.signal?.aborted === true) throw interrupted(choice.signal.reason);
      if (page.next_cursor !== null && seen.has(page.next_cursor)) {
        // To go on from here would lead round the same circle again, for ever.
        store.saveCheckpoint({
          cursor: null,
          updatedSince: saved?.updatedSince ?? null,
          filtersKey,
        });
      }
      cursor = nextCursor(page, seen);
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

async function fetchPage(
  deps: PullDeps,
  request: PageRequest,
  mayStartAnew: boolean,
): Promise<PullResult> {
  const fetch = (cursor: string | null) =>
    deps.router.callOnly((routing) =>
      deps.client.pull(deps.provider, routing, { ...request, cursor })
    );
  try {
    return await fetch(request.cursor);
  } catch (error) {
    // A saved cursor may have run out at the host; then the listing starts anew.
    const isRefused = error instanceof HostedApiError && [400, 410, 422].includes(error.statusCode);
    if (!mayStartAnew || !isRefused) throw error;
    return await fetch(null);
  }
}

function nextCursor(page: PullResult, seen: Set<string>): string {
  const cursor = page.next_cursor;
  if (cursor === null) {
    throw invalidResponse("pull", "There is more, but no `next_cursor` to it", "next_cursor");
  }
  if (seen.has(cursor)) {
    throw invalidResponse("pull", "The same `next_cursor` came twice", "next_cursor");
  }
  seen.add(cursor);
  return cursor;
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

/** Adds pages up; keeps the items only when they are wanted, so that memory holds one page. */
class PullTotals {
  pages = 0;
  received = 0;
  #status: ResultStatus | null = null;
  #summary: ResultSummary = { total: 0, succeeded: 0, failed: 0, skipped: 0 };
  #counts: PageCounts = { created: 0, updated: 0, unchanged: 0 };
  readonly #errors: ItemError[] = [];
  readonly #items: NormalizedIssue[] = [];

  add(page: PullResult, counts: PageCounts, collect: boolean): void {
    this.pages++;
    this.received += page.items.length;
    this.#status = worstStatus(this.#status, page.status);
    this.#summary = addSummaries(this.#summary, page.summary);
    this.#counts = {
      created: this.#counts.created + counts.created,
      updated: this.#counts.updated + counts.updated,
      unchanged: this.#counts.unchanged + counts.unchanged,
    };
    for (const error of page.item_errors ?? []) this.#errors.push(error);
    if (collect) { for (const item of page.items) this.#items.push(item); }
  }

  report(last: PullResult, resumed: boolean): PullReport {
    const status = this.#status ?? last.status;
    return {
      ...this.#counts,
      status,
      summary: this.#summary,
      pages: this.pages,
      resumed,
      itemErrors: this.#errors,
      identityPath: last.identity_path,
      hasMore: last.has_more,
      nextCursor: last.next_cursor,
      result: {
        ...last,
        status,
        summary: this.#summary,
        items: this.#items,
        item_errors: this.#errors.length === 0 ? last.item_errors : this.#errors,
      },
    };
  }
}
